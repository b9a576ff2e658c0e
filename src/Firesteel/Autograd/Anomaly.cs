namespace Firesteel;

/// <summary>Anomaly mode: looks at every result and every gradient, and names the operation and module that made the first NaN or Inf.</summary>
internal static class Anomaly
{
    private static volatile bool s_enabled;

    /// <summary>The check itself computes, and is not checked; nor are the steps of a gradient, of which the node is to be named.</summary>
    [ThreadStatic]
    private static bool t_checking;

    /// <summary>Set for all threads.</summary>
    public static bool Enabled
    {
        get => s_enabled && !t_checking;
        set => s_enabled = value;
    }

    public static void CheckForward(string operation, Tensor result)
    {
        if (Describe(result) is { } found)
            throw new InvalidOperationException($"{operation} made {found} in its result of shape [{string.Join(", ", result.Shape)}]{ModuleScope.Describe()}.");
    }

    /// <summary>The gradient for one input of a node, looked at.</summary>
    public static Tensor? Checked(Node node, int input, ReadOnlySpan<Tensor?> gradients)
    {
        Tensor? gradient;
        t_checking = true;
        try
        {
            gradient = node.InputGradient(input, gradients);
        }
        finally
        {
            t_checking = false;
        }
        Check(node, input, gradient);
        return gradient;
    }

    /// <summary>The gradients of a node that computes them together, looked at; null for other nodes.</summary>
    public static Tensor?[]? CheckedAll(Node node, ReadOnlySpan<Tensor?> gradients)
    {
        Tensor?[]? all;
        t_checking = true;
        try
        {
            all = node.AllInputGradients(gradients);
        }
        finally
        {
            t_checking = false;
        }
        for (int i = 0; i < all?.Length; i++) Check(node, i, all[i]);
        return all;
    }

    private static void Check(Node node, int input, Tensor? gradient)
    {
        if (gradient is not null && Describe(gradient) is { } found)
            throw new InvalidOperationException($"{node.Name} made {found} in the gradient of its input {input}, of shape [{string.Join(", ", gradient.Shape)}]{node.Module}.");
    }

    private static string? Describe(Tensor tensor)
    {
        if (!tensor.DType.IsFloatingPoint() || tensor.NumElements == 0) return null;
        t_checking = true;
        bool mode = GradMode.Exchange(false);
        try
        {
            // x * 0 is 0 for a finite x and NaN for any other.
            if ((tensor * 0.0).Sum().Item() == 0) return null;
            return tensor.Ne(tensor).Sum().Item() > 0 ? "NaN" : "Inf";
        }
        finally
        {
            t_checking = false;
            GradMode.Exchange(mode);
        }
    }
}
