using System.CommandLine;
using System.CommandLine.Help;
using Variants.Harness.Families;
using Variants.Properties.Campaigns;
using Variants.Properties.Promises;
using Variants.Properties.Verification;
using Variants.Reports.Diagrams;
using Variants.Reports.Pages.Exports;

namespace Variants.Reports.Commands;

/// <summary>The command line. Nothing here reads or writes the console itself, so that a test can be the terminal.</summary>
public static class VariantsCommand
{
    /// <summary>
    /// Does what <paramref name="args"/> say and answers an exit code: see <see cref="ExitCode"/>. A program of one file
    /// that brings variants, promises or programs of its own calls it with them.
    /// </summary>
    public static int Run(IReadOnlyList<string> args, TextWriter output, TextWriter error, params IContribution[] own)
    {
        Repertoire? everybody = null;
        int code = Answer(args, output, error, plugins => everybody ??= Repertoire.Of(plugins, own));
        foreach (string problem in everybody?.Problems ?? [])
            error.WriteLine($"variants: set aside: {OneLine(problem)}");
        return code <= ExitCode.Unexpected && everybody?.Problems.Count > 0 ? ExitCode.SetAside : code;
    }

    private static int Answer(IReadOnlyList<string> args, TextWriter output, TextWriter error, Func<IEnumerable<string>, Repertoire> everybodyOf)
    {
        try
        {
            ParseResult parsed = Tree(output, error, everybodyOf).Parse(args);
            if (!CompletionsCommand.IsAsking(args) && (parsed.Errors.Count > 0 || UnknownWord(parsed) is not null))
                throw new BadInputException(Explain(parsed));
            while (true)
            {
                try
                {
                    return parsed.Invoke(new InvocationConfiguration
                    {
                        Output = output,
                        Error = error,
                        EnableDefaultExceptionHandler = false,
                        ProcessTerminationTimeout = null,
                    });
                }
                catch (PropertyException brought)
                {
                    // What was held to it is done again without it.
                    everybodyOf([]).SetAside(brought);
                }
            }
        }
        catch (BadInputException bad)
        {
            error.WriteLine($"variants: {bad.Message}");
            return ExitCode.BadInput;
        }
        catch (VariantException brought) when (everybodyOf([]).IsBrought(brought.Variant))
        {
            error.WriteLine($"variants: {OneLine(brought.Message)}");
            return ExitCode.BadInput;
        }
        catch (Exception unexpected)
        {
            error.WriteLine($"variants: internal error: {unexpected}");
            return ExitCode.InternalError;
        }
    }

    internal static RootCommand Tree(TextWriter output, TextWriter error, Func<IEnumerable<string>, Repertoire> everybodyOf)
    {
        RootCommand root = new("Runs the argument about competing memory-management designs. Without a command: compares all of them.");
        HelpOption help = root.Options.OfType<HelpOption>().Single();
        help.Action = new HelpExamples(new HelpAction { MaxWidth = TextLines.Columns });
        root.Options.OfType<VersionOption>().Single().Action = new OwnVersion();
        Option<string[]> plugins = new("--plugin")
        {
            HelpName = "dll",
            Description = "an assembly with designs or promises of your own: public static properties of type Variant, Family or OwnProperty",
            Recursive = true,
        };
        root.Options.Add(plugins);
        CampaignArguments campaign = new(Effort.Comparison);
        campaign.AddTo(root);
        ThroughputArguments throughput = new();
        throughput.AddTo(root);
        root.SetAction(parsed => Compare(parsed, []));

        Argument<string[]> names = new("names") { Description = "families or variants; all if there are none", Arity = ArgumentArity.ZeroOrMore };
        Command compare = new("compare", "Compares families or variants and writes the report.") { names };
        campaign.AddTo(compare);
        throughput.AddTo(compare);
        compare.SetAction(parsed => Compare(parsed, parsed.GetValue(names) ?? []));
        root.Subcommands.Add(compare);

        Argument<string> checkedVariant = new("variant") { Description = "a variant, or a program" };
        Command check = new("check", "Checks one variant, writes the report, and prints its failures.") { checkedVariant };
        CampaignArguments inspection = new(Effort.Inspection);
        inspection.AddTo(check);
        Option<bool> mail = new("--mail") { Description = "print report.txt, a mail that is ready to be sent, and nothing else" };
        check.Options.Add(mail);
        check.SetAction(parsed =>
        {
            Repertoire everybody = Everybody(parsed);
            string name = parsed.GetValue(checkedVariant)!;
            return everybody.Programs.FirstOrDefault(program => program.Name == name) is { } program
                ? new ProgramCommand(output, error).Check(program, inspection.Read(parsed))
                : new CompareCommand(everybody, output, error)
                {
                    PrintsPages = true,
                    PrintsMail = parsed.GetValue(mail),
                    CorpusFolder = inspection.CorpusFolder(parsed),
                    Proofs = inspection.Proofs(parsed),
                }.Run([everybody.One(name)], inspection.Read(parsed), inspection.OutputFolder(parsed));
        });
        root.Subcommands.Add(check);

        Argument<string[]> verified = new("names") { Description = "families or variants, all if there are none; or programs", Arity = ArgumentArity.ZeroOrMore };
        Command verify = new("verify", "Explores every small history and every interleaving: a proof, or a minimal counterexample.") { verified };
        VerifyArguments scope = new();
        scope.AddTo(verify);
        verify.SetAction(parsed =>
        {
            Repertoire everybody = Everybody(parsed);
            if (everybody.ProgramsNamed(parsed.GetValue(verified) ?? []) is { } asked)
            {
                return new ProgramCommand(output, error).Verify(
                    asked, scope.Jobs(parsed), scope.ExecutionsOfProgram(parsed), scope.Budget(parsed), scope.OutputFolder(parsed), scope.Resume(parsed));
            }

            if (scope.Table(parsed))
            {
                (Scope most, TimeSpan time, string? folder) = scope.TableScope(parsed);
                return new VerifyTableCommand(everybody, output, error).Run(
                    everybody.Named(parsed.GetValue(verified) ?? []), most, scope.Jobs(parsed), time, folder, scope.Resume(parsed));
            }

            return new VerifyCommand(everybody, output, error).Run(
                everybody.Named(parsed.GetValue(verified) ?? []), scope.Scope(parsed), scope.Jobs(parsed), scope.Budget(parsed), scope.OutputFolder(parsed), scope.Resume(parsed));
        });
        root.Subcommands.Add(verify);

        Argument<string> file = new("history") { Description = "a .history file" };
        Option<string> variant = new("--variant") { HelpName = "name", Description = "run it on this variant instead of the one it was found on" };
        Option<string> export = new("--export") { HelpName = "form", Description = $"print the execution for another tool: {string.Join(", ", Export.All.Select(one => one.Name))}" };
        Command replay = new("replay", "Runs one history under its schedule and tells what happens.") { file, variant, export };
        replay.SetAction(parsed => new ReplayCommand(Everybody(parsed), output).Run(parsed.GetValue(file)!, parsed.GetValue(variant), parsed.GetValue(export)));
        root.Subcommands.Add(replay);

        Command list = new("list", "Lists families, their questions and their variants.");
        Option<bool> json = new("--json") { Description = "the same for programs, with the promises and the known bugs" };
        list.Options.Add(json);
        list.SetAction(parsed => ListCommand.Run(Everybody(parsed), parsed.GetValue(json), output));
        root.Subcommands.Add(list);

        Argument<string[]> hunted = new("names") { Description = "families or variants; all if there are none", Arity = ArgumentArity.ZeroOrMore };
        Command bugs = new("bugs", "Hunts the known bugs and tells what each takes to be found.") { hunted };
        bugs.SetAction(parsed => BugsCommand.Run(Everybody(parsed), parsed.GetValue(hunted) ?? [], output, error));
        root.Subcommands.Add(bugs);

        Argument<string> parent = new("parent") { Description = "the variant to begin with, or a family, for its baseline" };
        Argument<string> newName = new("name") { Description = "what the new variant is called" };
        Option<string> into = new("--into") { HelpName = "folder", Description = "where the file goes", DefaultValueFactory = _ => "." };
        Command fresh = new("new", "Writes a file with a variant of your own, which runs as it is.") { parent, newName, into };
        fresh.SetAction(parsed => NewCommand.Run(Everybody(parsed), parsed.GetValue(parent)!, parsed.GetValue(newName)!, parsed.GetValue(into)!, output));
        root.Subcommands.Add(fresh);
        root.Subcommands.Add(new ThroughputCommand().Tree(Everybody, output, error));

        Argument<string> filter = new("filter")
        {
            Description = "which benchmarks, with * for any letters",
            DefaultValueFactory = _ => "*",
        };
        Command bench = new("bench", "Measures on this machine's threads (BenchmarkDotNet).") { filter };
        bench.SetAction(parsed => BenchCommand.Run(parsed.GetValue(filter)!));
        root.Subcommands.Add(bench);
        root.Subcommands.Add(CompletionsCommand.Tree(output));
        foreach (Argument named in new Argument[] { names, checkedVariant, verified, hunted, parent })
            CompletionsCommand.TakesNames(named, Everybody);
        variant.CompletionSources.Add(context => CompletionsCommand.Names(Everybody(context.ParseResult)));
        return root;

        Repertoire Everybody(ParseResult parsed) => everybodyOf(parsed.GetValue(plugins) ?? []);

        int Compare(ParseResult parsed, string[] asked)
        {
            Repertoire everybody = Everybody(parsed);
            IReadOnlyList<Contender> contenders = everybody.Named(asked);
            CampaignOptions options = campaign.Read(parsed);
            return new CompareCommand(everybody, output, error)
            {
                Throughput = throughput.Read(parsed, options),
                CorpusFolder = campaign.CorpusFolder(parsed),
                Proofs = campaign.Proofs(parsed),
            }.Run(contenders, options, campaign.OutputFolder(parsed));
        }
    }

    /// <summary>What the runtime says in several lines, in one.</summary>
    private static string OneLine(string text) => string.Join(' ', text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    /// <summary>A word that nothing took, or that an argument took although it was meant as an option.</summary>
    private static string? UnknownWord(ParseResult parsed) => parsed.UnmatchedTokens
        .Concat(parsed.CommandResult.Command.Arguments
            .SelectMany(argument => parsed.GetResult(argument)?.Tokens ?? [])
            .Select(token => token.Value)
            .Where(value => value.Length > 1 && value[0] == '-'))
        .FirstOrDefault();

    /// <summary>What could not be parsed, in one sentence, and a command that was perhaps meant.</summary>
    private static string Explain(ParseResult parsed)
    {
        string help = parsed.CommandResult.Command is RootCommand ? "variants --help" : $"variants {parsed.CommandResult.Command.Name} --help";
        if (UnknownWord(parsed) is { } unknown)
        {
            Command command = parsed.CommandResult.Command;
            IEnumerable<string> known = unknown.StartsWith('-')
                ? command.Options.Concat(parsed.RootCommandResult.Command.Options).Select(option => option.Name).Distinct()
                : command.Subcommands.Select(sub => sub.Name);
            string what = unknown.StartsWith('-') ? "option" : "command";
            return known.Any()
                ? $"there is no {what} '{unknown}'{NearMatches.Hint(unknown, known, help)}"
                : $"'{unknown}' is one argument too many for {command.Name}";
        }

        return $"{parsed.Errors[0].Message.TrimEnd('.')}; see {help}";
    }
}
