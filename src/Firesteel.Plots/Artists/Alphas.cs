namespace Firesteel.Plots.Artists;

/// <summary>The one rule about opacities.</summary>
internal static class Alphas
{
    public static double Check(double alpha) =>
        alpha is >= 0 and <= 1 ? alpha : throw new ArgumentException($"alpha is {alpha}; it must lie between 0 (invisible) and 1 (opaque).", nameof(alpha));
}
