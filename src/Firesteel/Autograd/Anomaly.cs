namespace Firesteel;

/// <summary>Anomaly mode: looks at every result and every gradient, and names the operation and module that made the first NaN or Inf.</summary>
internal static class Anomaly
{
    public static bool Enabled { get; set; }

    public static void CheckForward(string operation, Tensor result)
    {
        if (Describe(result) is { } found)
            throw new InvalidOperationException($"{operation} made {found} in its result of shape [{string.Join(", ", result.Shape)}]{ModuleScope.Describe()}.");
    }

    public static void CheckBackward(Node node, int input, Tensor gradient)
    {
        if (Describe(gradient) is { } found)
            throw new InvalidOperationException($"{node.Name} made {found} in the gradient of its input {input}, of shape [{string.Join(", ", gradient.Shape)}]{node.Module}.");
    }

    private static string? Describe(Tensor tensor)
    {
        if (!tensor.DType.IsFloatingPoint() || tensor.NumElements == 0) return null;
        Enabled = false; // the check itself computes
        bool mode = GradMode.Exchange(false);
        try
        {
            // x * 0 is 0 for a finite x and NaN for any other.
            if ((tensor * 0.0).Sum().Item() == 0) return null;
            return tensor.Ne(tensor).Sum().Item() > 0 ? "NaN" : "Inf";
        }
        finally
        {
            Enabled = true;
            GradMode.Exchange(mode);
        }
    }
}
