using Variants.Harness.Engine;
using Variants.Harness.Families;
using Variants.Harness.Histories;
using Variants.Harness.Memory;
using Variants.Properties.Promises;

namespace Variants.Tests.Promises;

/// <summary>One history on one direct kernel, and what the promises made of it.</summary>
internal static class Scene
{
    /// <summary>Kind, subject and message of the failure of <paramref name="actors"/>, or "kept".</summary>
    internal static string Run(string actors, Func<Machine, DirectKernel>? kernel = null, params string[] promises)
    {
        var machine = new Machine(DirectKernel.Checks, kernel ?? (m => new DirectKernel(m)));
        var runner = new Runner(machine, PropertyList.Watch(machine, promises.Length == 0 ? PropertyNames.All : promises));
        return Text(runner.Run(HistoryText.Parse($"history direct\nactors\n{actors}").History, null));
    }

    /// <summary>
    /// The same, where "reclaim" does <paramref name="damage"/> and nothing else.
    /// </summary>
    internal static string Damaged(string actors, Action<Machine, DirectKernel> damage) => Run(actors, machine =>
    {
        DirectKernel? kernel = null;
        kernel = new DirectKernel(machine)
        {
            InsteadOfCall = (_, operation) =>
            {
                if (operation.Verb != Verbs.Reclaim)
                {
                    return null;
                }

                damage(machine, kernel!);
                return 0;
            },
        };
        return kernel;
    });

    /// <summary>The same, where a system call returns <paramref name="result"/> and does nothing.</summary>
    internal static string Answering(string actors, Verb verb, int result) => Run(
        actors,
        machine => new DirectKernel(machine) { InsteadOfCall = (_, operation) => operation.Verb == verb ? result : null });

    /// <summary>The same, where every fault ends in <paramref name="fault"/>.</summary>
    internal static string Faulting(string actors, Fault fault) => Run(
        actors,
        machine => new DirectKernel(machine) { InsteadOfFault = (_, _) => fault });

    internal static string Text(Failure? failure) => failure is null ? "kept" : $"{failure.Kind} {failure.Subject}: {failure.Message}";
}
