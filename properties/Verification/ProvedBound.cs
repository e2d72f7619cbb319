namespace Variants.Properties.Verification;

/// <summary>What exploring every small history of a variant came to, beside what random histories did.</summary>
/// <param name="Scope">Which histories, by as many actors as the family has.</param>
/// <param name="State">What was found; not done if it was stopped, or took more steps than it may.</param>
public sealed record ProvedBound(Scope Scope, VerifyState State)
{
    /// <summary>Why nothing can be proved of the variant; null if something can.</summary>
    public string? Obstacle { get; init; }
}
