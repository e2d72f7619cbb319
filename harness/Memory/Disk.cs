using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Variants.Harness.Engine;
using Variants.Harness.Native;

namespace Variants.Harness.Memory;

/// <summary>A transfer between a page and a swap slot, or from a file.</summary>
/// <param name="Page">The page.</param>
/// <param name="Entry">The slot; none for a file's page.</param>
/// <param name="IsWrite">To the device.</param>
/// <param name="Block">The block of the file system that it concerns, 0 if none.</param>
public readonly record struct DiskRequest(Page Page, SwapEntry Entry, bool IsWrite, int Block = 0);

/// <summary>
/// The disk: it holds requests in flight, and a CPU of its own, its interrupt, completes them one by one, in order,
/// at any time. Until then the page may be anything, and a slot keeps what it held.
/// </summary>
public sealed class Disk : SharedObject, ISynchronizes
{
    private const int UsualDepth = 64;

    /// <summary>What a disk that takes time on real threads does in a millisecond, the shortest sleep of a host: 128 MB/s.</summary>
    private const int ServedAtOnce = 32;
    private const int LatencyMs = 1;

    private readonly Machine _machine;
    private readonly DiskMechanics? _mechanics;
    private readonly DiskRequest[] _inFlight;
    private readonly Func<Cpu, KTask> _interrupts;
    private Vector256<int> _submitted;
    private int _first;
    private int _inFlightCount;

    /// <summary>Under the native clock: one more request is under way, which the interrupt has taken out and not completed.</summary>
    private volatile bool _isServing;

    /// <summary>Under the native clock: where it waits while it has nothing to do.</summary>
    private PlaceOfRest _rest;

    /// <summary>Under the native clock: of the requests under way, the first so many have taken their time.</summary>
    private int _arrived;

    internal Disk(Machine machine)
        : base(machine.Smp, "disk")
    {
        _machine = machine;
        _mechanics = machine.Smp.Simulated is { } clock ? new DiskMechanics(clock, machine.Capacity.Pages) : null;

        // Every page can be in flight where many CPUs read and write.
        _inFlight = new DiskRequest[Math.Max(UsualDepth, machine.Smp.MeasuresTime ? machine.Capacity.Pages : 0)];
        _interrupts = ServeInterrupts;
    }

    /// <summary>Requests that are not complete.</summary>
    public int InFlight
    {
        get
        {
            Smp.Looked(this);
            return Volatile.Read(ref _inFlightCount) + (_isServing ? 1 : 0);
        }
    }

    /// <summary>
    /// Where time is measured, true if whoever asks it for something copies it there and then, as a RAM disk has it done. Otherwise
    /// it takes its time: under the native clock a millisecond for what it has been asked for until then, up to 32 requests, as a
    /// thread sleeps for so long.
    /// </summary>
    internal bool IsInMemory { get; set; }

    internal override bool IsPlaceOfRest => true;

    internal override bool IsFree => InFlight > 0;

    internal override int Fingerprint => _inFlightCount;

    void ISynchronizes.ForgetTimes() => _submitted = Vector256<int>.Zero;

    /// <summary>Queues a transfer. What it does to the page and the lock when complete is the era kernel's end_io.</summary>
    public void Submit(DiskRequest request)
    {
        request.Page.Touch(request.IsWrite ? "write of the page to disk" : "read of the page from disk");
        if (IsInMemory)
        {
            CopyNow(request);
        }
        else if (Smp.IsNative)
        {
            lock (_inFlight)
            {
                Enqueue(request);
                _rest.End(Smp.Native!);
                Monitor.Pulse(_inFlight);
            }
        }
        else
        {
            Enqueue(request);
            Smp.Freed(this);
            Smp.ReleaseJoining(ref _submitted);
        }
    }

    private void CopyNow(DiskRequest request)
    {
        // Of threads, one after the other counts.
        lock (_inFlight)
        {
            _machine.VmStat.Submitted(request);
        }

        Smp.Simulated?.Charge(Smp.Simulated.Costs.PageNs);
        Complete(request);
    }

    private void Enqueue(DiskRequest request)
    {
        Smp.Looked(this);
        if (_inFlightCount == _inFlight.Length)
        {
            Smp.Fail(FailureKind.Bug, "disk", "more requests in flight than the disk holds");
            return;
        }

        int at = (_first + _inFlightCount++) % _inFlight.Length;
        _inFlight[at] = request;
        _mechanics?.Submitted(at, request);
        _machine.VmStat.Submitted(request);
    }

    /// <summary>Under the simulated clock: whatever is read next lies far from where the head is.</summary>
    internal void MoveHeadAway() => _mechanics?.MoveHeadAway();

    internal override void PowerOn()
    {
        _first = 0;
        _inFlightCount = 0;
        _isServing = false;
        _rest = default;
        _arrived = 0;
        IsInMemory = false;
        _mechanics?.PowerOn();
    }

    /// <summary>Puts the disk's CPU to work.</summary>
    internal void Start() => Smp.Spawn("disk", _interrupts, daemon: true);

    private async KTask ServeInterrupts(Cpu cpu)
    {
        while (true)
        {
            DiskRequest request = await Interrupt();
            if (_mechanics is not null)
            {
                _mechanics.Turn();
                await Smp.Point();
            }

            Complete(request);
            _isServing = false;
        }
    }

    private void Complete(DiskRequest request)
    {
        if (request.Block != 0)
        {
            _machine.FileSystem!.Transfer(request);
        }
        else if (request.IsWrite)
        {
            _machine.Areas[request.Entry.Area].Disk(request.Entry.Offset) = request.Page.Content;
        }
        else if (!request.Entry.IsNone)
        {
            request.Page.Content = _machine.Areas[request.Entry.Area].Disk(request.Entry.Offset);
        }

        _machine.Kernel.EndIo(request);
    }

    private Step<Completion, DiskRequest> Interrupt([CallerLineNumber] int line = 0)
    {
        Smp.AnnounceWaiting(this, OperationKind.Wait, InFlight > 0, "end_io", line);
        return new(new Completion(this));
    }

    /// <summary>The oldest request is complete.</summary>
    public readonly struct Completion : IOperation<DiskRequest>
    {
        private readonly Disk _disk;

        internal Completion(Disk disk) => _disk = disk;

        /// <inheritdoc/>
        public Smp Smp => _disk.Smp;

        /// <inheritdoc/>
        public DiskRequest Perform()
        {
            Disk disk = _disk;
            DiskRequest request = disk._inFlight[disk._first];
            disk._mechanics?.Begun(disk._first);
            disk._first = (disk._first + 1) % disk._inFlight.Length;
            disk._inFlightCount--;
            disk.Smp.Changed(disk);
            if (disk._inFlightCount > 0)
            {
                // It stays ready: the waiter's bit is set again when it next announces.
                disk.Smp.Freed(disk);
            }

            disk.Smp.AcquireFrom(disk._submitted);
            return request;
        }

        /// <inheritdoc/>
        public DiskRequest PerformNatively()
        {
            // To notice, before long, that there will be no more work.
            const int MomentMs = 1;
            Disk disk = _disk;
            bool mustTurn;
            lock (disk._inFlight)
            {
                while (disk._inFlightCount == 0)
                {
                    disk._rest.Begin(disk.Smp.Native!);
                    Monitor.Wait(disk._inFlight, MomentMs);
                    disk._rest.End(disk.Smp.Native!);
                }

                mustTurn = disk._arrived == 0;
                if (mustTurn)
                {
                    disk._arrived = Math.Min(disk._inFlightCount, ServedAtOnce);
                }
            }

            if (mustTurn)
            {
                NativeClock.Pass(LatencyMs);
            }

            lock (disk._inFlight)
            {
                disk._arrived--;
                DiskRequest request = disk._inFlight[disk._first];
                disk._first = (disk._first + 1) % disk._inFlight.Length;
                disk._isServing = true;
                disk._inFlightCount--;
                return request;
            }
        }
    }
}
