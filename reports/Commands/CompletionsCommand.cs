using System.CommandLine;
using System.CommandLine.Completions;

namespace Variants.Reports.Commands;

/// <summary>
/// <c>completions</c>: what a shell has to be told to complete commands, options and names. The shell asks the program itself,
/// by the directive <c>[suggest:position]</c>, so that whatever there is to name is there.
/// </summary>
internal static class CompletionsCommand
{
    private const string Bash = """
        _variants() {
          local line="${COMP_LINE#* }" IFS=$'\n'
          local at=$((COMP_POINT - ${#COMP_LINE} + ${#line}))
          COMPREPLY=($(compgen -W "$(variants "[suggest:$at]" "$line" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _variants variants

        """;

    private const string Zsh = """
        #compdef variants
        _variants() {
          local line="${BUFFER#* }"
          local -a found
          found=("${(@f)$(variants "[suggest:$((CURSOR - ${#BUFFER} + ${#line}))]" "$line" 2>/dev/null)}")
          compadd -a found || _files
        }
        compdef _variants variants

        """;

    private const string Fish = """
        function __variants_complete
          set -l line (string replace -r '^\S+\s' '' -- (commandline -cp))
          variants "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c variants -a '(__variants_complete)'

        """;

    private static readonly string[] s_shells = ["bash", "zsh", "fish"];

    /// <summary>The command, as the command line has it.</summary>
    internal static Command Tree(TextWriter output)
    {
        Argument<string> shell = new("shell") { Description = string.Join(", ", s_shells) };
        shell.CompletionSources.Add(s_shells);
        Command command = new("completions", "Prints what makes a shell complete commands, options and names.") { shell };
        command.SetAction(parsed =>
        {
            string asked = parsed.GetValue(shell)!;
            string script = asked switch
            {
                "bash" => Bash,
                "zsh" => Zsh,
                "fish" => Fish,
                _ => throw new BadInputException($"no shell is called '{asked}'{NearMatches.Hint(asked, s_shells)}"),
            };
            output.Write(script.ReplaceLineEndings("\n"));
            return ExitCode.AsExpected;
        });
        return command;
    }

    /// <summary>True if a shell asks, for what may come next on a line that is not finished.</summary>
    internal static bool IsAsking(IReadOnlyList<string> args) => args.Count > 0 && args[0].StartsWith("[suggest", StringComparison.Ordinal);

    /// <summary>
    /// The argument takes families and variants, which a shell completes. Help calls it by its name: left to itself, it would
    /// list all that may be completed.
    /// </summary>
    internal static void TakesNames(Argument argument, Func<ParseResult, Repertoire> everybody)
    {
        argument.HelpName = argument.Name;
        argument.CompletionSources.Add(context => Names(everybody(context.ParseResult)));
    }

    /// <summary>Families and variants by name, where an argument takes them.</summary>
    internal static IEnumerable<CompletionItem> Names(Repertoire everybody) => everybody.Families
        .SelectMany(family => family.Variants.Select(variant => variant.Name).Prepend(family.Name))
        .Select(name => new CompletionItem(name));
}
