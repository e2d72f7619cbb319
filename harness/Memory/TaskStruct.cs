using Variants.Harness.Engine;

namespace Variants.Harness.Memory;

/// <summary>struct task_struct: a process or a thread.</summary>
public sealed class TaskStruct : TrackedObject
{
    private readonly Cell<MmStruct?> _mm;
    private readonly Cell<TaskStruct?> _next;
    private readonly Cell<bool> _swappable;
    private readonly int _stateWord;
    private readonly int _failWord;
    private bool _sawAllocationFail;
    private bool _isKilled;
    private int _tracers;
    private bool _isBusy;
    private bool _isExiting;

    internal TaskStruct(Smp smp, int index)
        : base(smp, "task_struct", $"task{index}")
    {
        Index = index;
        _stateWord = smp.NumberOfWord();
        _failWord = smp.NumberOfWord();
        _mm = new Cell<MmStruct?>(this, "mm", null);
        _next = new Cell<TaskStruct?>(this, "next_task", null);
        _swappable = new Cell<bool>(this, "swappable", true);
    }

    /// <summary>Which of the machine's task_structs it is.</summary>
    public int Index { get; }

    /// <summary>pid. Several tasks have one pid if they were cloned with CLONE_PID.</summary>
    public int Pid { get; set; }

    /// <summary>The actor of the history that it runs: A, B, A.1.</summary>
    public string Comm { get; set; } = "";

    /// <summary>task->mm; null where the kernel has &amp;init_mm.</summary>
    public MmStruct? Mm
    {
        get => _mm.Value;
        set => _mm.Value = value;
    }

    /// <summary>next_task, null at the end.</summary>
    public TaskStruct? Next
    {
        get => _next.Value;
        set => _next.Value = value;
    }

    /// <summary>task->swappable.</summary>
    public bool IsSwappable
    {
        get => _swappable.Value;
        set => _swappable.Value = value;
    }

    /// <summary>True from the moment it begins to exit or is killed: it runs no further operation.</summary>
    public bool IsExiting
    {
        get
        {
            Smp.Looked(_stateWord);
            return _isExiting;
        }

        set
        {
            Smp.Changed(_stateWord);
            _isExiting = value;
        }
    }

    /// <summary>How many of its next allocations succeed before one fails; -1 if none will: failalloc.</summary>
    public int AllocationsUntilFailure { get; set; } = -1;

    /// <summary>True if an allocation of it has failed in the current system call, or memory ran out.</summary>
    public bool SawAllocationFail
    {
        get
        {
            Smp.Looked(_failWord);
            return _sawAllocationFail;
        }

        set
        {
            if (_sawAllocationFail != value)
            {
                Smp.Changed(_failWord);
                _sawAllocationFail = value;
            }
        }
    }

    /// <summary>As audits and diagrams see it: no access of the variant's.</summary>
    public MmStruct? RawMm => _mm.Raw;

    /// <summary>True while it is in the middle of an operation of the history.</summary>
    internal bool IsBusy
    {
        get
        {
            Smp.Looked(_stateWord);
            return _isBusy;
        }

        set
        {
            Smp.Changed(_stateWord);
            _isBusy = value;
        }
    }

    /// <summary>Debuggers that hold it stopped.</summary>
    internal int Tracers
    {
        get
        {
            Smp.Looked(_stateWord);
            return _tracers;
        }

        set
        {
            Smp.Changed(_stateWord);
            _tracers = value;
        }
    }

    /// <summary>What its last peek at another process read, null if it read nothing.</summary>
    public int? Peeked { get; set; }

    /// <summary>The page that get_user_pages() gave a device of the task; null if it has none. Its reference is the task's.</summary>
    public Page? Pinned { get; set; }

    /// <summary>True if the device may write to it.</summary>
    public bool IsPinnedForWrite { get; set; }

    /// <summary>VM_FAULT_WRITE of its last fault, of 2.6.26: do_wp_page() has seen to it that the page is its own.</summary>
    public bool BrokeCow { get; set; }

    /// <summary>What write(2) takes from it, and what read(2) has given it.</summary>
    public int UserBuffer { get; set; }

    /// <summary>True once the kernel has sent it SIGKILL.</summary>
    public bool IsKilled
    {
        get
        {
            Smp.Looked(_stateWord);
            return _isKilled;
        }

        set
        {
            Smp.Changed(_stateWord);
            _isKilled = value;
        }
    }

    internal void GiveOut(int pid)
    {
        Allocate();
        Pid = pid;
        _mm.Raw = null;
        _next.Raw = null;
        _swappable.Raw = true;
        IsExiting = false;
        IsKilled = false;
        Peeked = null;
        Pinned = null;
        IsPinnedForWrite = false;
        IsBusy = false;
        Tracers = 0;
        AllocationsUntilFailure = -1;
        SawAllocationFail = false;
    }
}
