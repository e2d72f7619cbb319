using System.Runtime.CompilerServices;
using Variants.Harness.Engine;

namespace Variants.Harness.Memory;

/// <summary>The object at which the loads and stores of one address space meet.</summary>
internal sealed class UserAccesses : SharedObject
{
    internal UserAccesses(Smp smp, string name)
        : base(smp, name)
    {
    }

    internal override void PowerOn()
    {
    }

    /// <summary>A load or store: what it finds, it finds at one moment.</summary>
    internal Step<Smp.Going> Access(bool write, [CallerLineNumber] int line = 0)
    {
        Smp.Announce(this, write ? OperationKind.Write : OperationKind.Read, ready: true, "user", line);
        return new(new Smp.Going(Smp));
    }
}
