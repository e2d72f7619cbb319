using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Variants.Reports.Commands;

/// <summary>What <c>--help</c> shows after the options: how the command is used. A test parses every line.</summary>
internal sealed class HelpExamples(HelpAction help) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <summary>The examples of a command; of the program itself, if it is none of its commands.</summary>
    internal static IReadOnlyList<string> Of(string command) => command switch
    {
        "compare" => ["compare swapoff", "compare swapoff/2.6.7 swapoff/2.6.8 --histories 20000", "compare swapoff --plugin mine.dll --out mine"],
        "check" => ["check swapoff/2.3.8", "check kanoj-repaired --budget 10m --strategy pct3,pos"],
        "verify" => ["verify swapoff/kanoj-repaired --operations 3", "verify swapoff/kanoj-repaired --operations 3 --resume", "verify --table --budget 60s"],
        "replay" => ["replay out/counterexamples/NAME.history", "replay NAME.history --variant swapoff/6.9"],
        "list" => ["list", "list --json"],
        "bugs" => ["bugs swapoff/2.3.8"],
        "new" => ["new swapoff/2.3.8 mine", "new swapoff mine --into designs"],
        "throughput" => ["throughput faults", "throughput faults/spf --machine smp-1999 --cpus 1,2,4"],
        "bench" => ["bench", "bench *Family*"],
        "completions" => ["completions bash >> ~/.bashrc", "completions fish > ~/.config/fish/completions/variants.fish"],
        _ => ["", "check swapoff/2.3.8", "compare faults --seed 7 --out out-7"],
    };

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        int code = help.Invoke(parseResult);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        output.Write("Examples:\n");
        foreach (string example in Of(parseResult.CommandResult.Command.Name))
            output.Write($"  {$"variants {example}".TrimEnd()}\n");
        output.Write('\n');
        return code;
    }
}
