using Variants.Harness.Engine;

namespace Variants.Harness.Memory;

/// <summary>
/// How long a disk takes under the simulated clock: the command, the way of the head and half a turn unless the request
/// goes on where the last one ended, and the transfer; several at a time if it has channels for that. A request that goes
/// on where one ends that is under way is merged with it, and costs its transfer alone. One that serves requests in turns takes
/// as long for each turn, whatever is in it.
/// </summary>
/// <remarks>
/// Requests are served in the order in which they came: there is no elevator, and nobody waits for room in the queue. The
/// slots of the swap area lie one after the other, and behind them the pages of files.
/// </remarks>
internal sealed class DiskMechanics
{
    private readonly SimulatedClock _clock;
    private readonly long[] _completeAt;
    private readonly long[] _channels;
    private long _turn;
    private long _last;
    private int _channel;
    private int _next;
    private long _lastTurn;
    private int _inLastTurn;

    internal DiskMechanics(SimulatedClock clock, int depth)
    {
        _clock = clock;
        _completeAt = new long[Math.Max(64, depth)];
        _channels = new long[clock.Costs.DiskChannels];
    }

    /// <summary>The request at this place of the queue has been submitted, now.</summary>
    internal void Submitted(int place, DiskRequest request)
    {
        CostModel costs = _clock.Costs;
        if (costs.DiskInTurns)
        {
            _completeAt[place] = EndOfTurn(costs);
            return;
        }

        int position = request.Entry.IsNone ? SwapEntry.MaxSlots + Math.Max(request.Block, request.Page.FileIndex) : request.Entry.Offset;
        bool goesOn = position == _next;
        if (!goesOn || _channels[_channel] <= _clock.Now)
        {
            _channel = IdlestChannel();
            long ready = Math.Max(_channels[_channel], _clock.Now) + costs.DiskLatencyNs;
            _channels[_channel] = goesOn ? ready : ready + WayOfHead(costs, position);
        }

        _next = position + 1;
        _channels[_channel] += costs.DiskPageNs;

        // Interrupts come in the order of requests.
        _last = Math.Max(_last, _channels[_channel]);
        _completeAt[place] = _last;
    }

    /// <summary>The request at this place is the one to be completed next.</summary>
    internal void Begun(int place) => _turn = _completeAt[place];

    /// <summary>Waits until it is complete.</summary>
    internal void Turn() => _clock.BusyUntil(_turn);

    internal void MoveHeadAway() => _next = -SwapEntry.MaxSlots;

    internal void PowerOn()
    {
        Array.Clear(_channels);
        _channel = 0;
        _last = 0;
        _next = -1;
        _lastTurn = -_clock.Costs.DiskLatencyNs;
        _inLastTurn = 0;
    }

    /// <summary>When the first turn is over that has not begun and has room.</summary>
    private long EndOfTurn(CostModel costs)
    {
        bool hasBegun = _clock.Now >= _lastTurn;
        if (hasBegun || _inLastTurn == costs.DiskChannels)
        {
            _lastTurn = Math.Max(_clock.Now, _lastTurn + costs.DiskLatencyNs);
            _inLastTurn = 0;
        }

        _inLastTurn++;
        return _lastTurn + costs.DiskLatencyNs;
    }

    private long WayOfHead(CostModel costs, int position) =>
        costs.DiskHalfTurnNs + (Math.Abs(position - _next) <= costs.DiskNearPages ? costs.DiskTrackNs : costs.DiskSeekNs);

    private int IdlestChannel()
    {
        int idlest = 0;
        for (int other = 1; other < _channels.Length; other++)
        {
            idlest = _channels[other] < _channels[idlest] ? other : idlest;
        }

        return idlest;
    }
}
