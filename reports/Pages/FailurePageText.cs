using System.Text;
using Variants.Reports.Diagrams;

namespace Variants.Reports.Pages;

/// <summary>A <see cref="FailurePage"/> as text that pastes into a mail. Pure.</summary>
public static class FailurePageText
{
    /// <summary>The page, no line longer than 75 columns. Lines end with a line feed.</summary>
    public static string Render(FailurePage page)
    {
        StringBuilder text = new();
        Paragraph(text, $"{page.Variant} ({page.Label}) breaks {page.Property}");
        text.Append('=', Math.Min(TextLines.Columns, $"{page.Variant} ({page.Label}) breaks {page.Property}".Length)).Append("\n\n");
        Paragraph(text, page.Cause);
        text.Append('\n');
        Paragraph(text, $"The promise: {page.Promise}");
        text.Append('\n');
        foreach (string line in page.Splat)
            text.Append(line).Append('\n');
        text.Append('\n');
        foreach (string sentence in page.Setup)
            Paragraph(text, sentence);
        if (!page.Setup.IsEmpty)
            text.Append('\n');
        if (!page.Diagram.Lanes.IsEmpty)
            text.Append(LaneText.Render(page.Diagram)).Append('\n');
        if (page.Elsewhere is { } elsewhere)
        {
            Paragraph(text, $"The same schedule on {elsewhere.Variant}: {elsewhere.Outcome}");
            text.Append('\n');
        }

        Paragraph(text, page.Shrinking);
        text.Append("To see it again, in the folder of the report:\n\n");
        AppendCommand(text, page.Replay);
        return text.ToString();
    }

    /// <summary>A command that is too long goes on in the next line, as a shell reads it.</summary>
    internal static void AppendCommand(StringBuilder text, string command)
    {
        const string Indent = "    ";
        string[] words = command.Split(' ');
        int column = Indent.Length;
        text.Append(Indent);
        for (int i = 0; i < words.Length; i++)
        {
            int room = i < words.Length - 1 ? TextLines.Columns - 2 : TextLines.Columns;
            if (i > 0 && column + 1 + words[i].Length > room)
            {
                text.Append(" \\\n  ").Append(Indent);
                column = Indent.Length + 2;
            }
            else if (i > 0)
            {
                text.Append(' ');
                column++;
            }

            text.Append(words[i]);
            column += words[i].Length;
        }

        text.Append('\n');
    }

    private static void Paragraph(StringBuilder text, string sentence)
    {
        foreach (string line in TextLines.Wrap(sentence))
            text.Append(line).Append('\n');
    }
}
