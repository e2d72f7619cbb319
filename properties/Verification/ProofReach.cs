namespace Variants.Properties.Verification;

/// <summary>How far the histories of a variant can be explored on a machine in a time: up to which size, and what came of them.</summary>
/// <param name="Operations">The largest size of which every history was looked at; 0 if not even one operation was.</param>
/// <param name="Proved">The largest size of which every history was explored whole, and none failed; 0 if there is none.</param>
/// <param name="State">What came of the histories up to that size: the same on any machine that comes so far.</param>
/// <param name="Elapsed">How long they took.</param>
public sealed record ProofReach(int Operations, int Proved, VerifyState State, TimeSpan Elapsed);
