namespace Variants.Properties.Verification;

/// <summary>What exploring every small history of a variant came to, beside what random histories did.</summary>
/// <param name="Scope">Which histories, by as many actors as the family has.</param>
/// <param name="State">What was found; not done if it was stopped, or took more steps than it may.</param>
public sealed record ProvedBound(Scope Scope, VerifyState State)
{
    /// <summary>Why nothing can be proved of the variant; null if something can.</summary>
    public string? Obstacle { get; init; }

    /// <summary>What it says of the variant.</summary>
    public ProofVerdict Verdict =>
        Obstacle is not null ? ProofVerdict.Unprovable
        : !State.Failures.IsEmpty ? ProofVerdict.Fails
        : State.IsProved ? ProofVerdict.Proved
        : ProofVerdict.Searched;
}

/// <summary>What exploring every small history says of a variant.</summary>
public enum ProofVerdict
{
    /// <summary>Nothing: its CPUs share what the engine does not see.</summary>
    Unprovable,

    /// <summary>A promise is broken.</summary>
    Fails,

    /// <summary>Every history holds under every interleaving.</summary>
    Proved,

    /// <summary>All that was explored holds, which was not everything.</summary>
    Searched,
}
