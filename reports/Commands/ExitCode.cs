namespace Variants.Reports.Commands;

/// <summary>What the program tells its caller.</summary>
public static class ExitCode
{
    /// <summary>Every verdict is as the catalogue expects, or it expects nothing.</summary>
    public const int AsExpected = 0;

    /// <summary>Some verdict is not; or Ctrl-C came before all of them were in.</summary>
    public const int Unexpected = 1;

    /// <summary>The command line, a file or a plug-in cannot be used. Nothing was written.</summary>
    public const int BadInput = 2;

    /// <summary>An error in Variants itself.</summary>
    public const int InternalError = 3;

    /// <summary>
    /// A plug-in, or a variant that a user brought, was set aside: the error stream says why. Everything else was done, and is
    /// as it would be without it.
    /// </summary>
    public const int SetAside = 4;
}

/// <summary>What the user asked for cannot be done; the message says why, and what to do instead.</summary>
public sealed class BadInputException : Exception
{
    /// <summary>With one clear message.</summary>
    public BadInputException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
