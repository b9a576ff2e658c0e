using Xunit.Sdk;

namespace Firesteel.Tests.Ops;

using Autograd = Firesteel.Autograd;

/// <summary>What the theories over the table share: running a line so that a failure can be repeated, and comparing.</summary>
internal static class OpTableCheck
{
    /// <summary>Calls <paramref name="check"/> and adds to its exceptions which line, inputs and seed it was.</summary>
    public static void Run(OpCase op, Sample sample, Action check)
    {
        try
        {
            check();
        }
        catch (Exception e)
        {
            throw new XunitException($"{op.Id} with {sample} (FIRESTEEL_TEST_SEED={Draws.Seed}): {e.Message}\n{e.StackTrace}", e);
        }
    }

    /// <summary>The same dtype and shape, and values that differ by at most this much (relative to the larger and absolutely); 0 means the same bits.</summary>
    public static void Close(string what, Tensor expected, Tensor actual, double tolerance = 1e-12)
    {
        Assert.True(expected.DType == actual.DType, $"{what}: expected {expected.DType.Name()}, got {actual.DType.Name()}");
        Assert.True(expected.Shape == actual.Shape, $"{what}: expected {expected.Shape}, got {actual.Shape}");
        ValuesClose(what, expected.ToArray<double>(), actual.ToArray<double>(), tolerance);
    }

    public static void ValuesClose(string what, double[] expected, double[] actual, double tolerance)
    {
        Assert.True(expected.Length == actual.Length, $"{what}: expected {expected.Length} numbers, got {actual.Length}");
        for (int i = 0; i < expected.Length; i++)
        {
            double a = expected[i], b = actual[i];
            bool same = a.Equals(b) || (tolerance > 0 ? Math.Abs(a - b) <= tolerance * Math.Max(1, Math.Abs(a)) : a == b && double.IsNegative(a) == double.IsNegative(b));
            Assert.True(same, $"{what}: element {i} is {b:R}, expected {a:R}");
        }
    }

    /// <summary>The gradients of all floating-point results with respect to these inputs, null where there is none.</summary>
    public static Tensor?[] Gradients(IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor> inputs)
    {
        Tensor[] roots = [.. outputs.Where(static output => output.RequiresGrad)];
        Tensor[] wanted = [.. inputs.Where(static input => input.RequiresGrad)];
        if (roots.Length == 0 || wanted.Length == 0) return new Tensor?[inputs.Count];
        var found = new Queue<Tensor?>(Autograd.Grad(roots, wanted, [.. roots.Select(static (root, i) => Draws.Cotangent(root, i))], allowUnused: true));
        return [.. inputs.Select(input => input.RequiresGrad ? found.Dequeue() : null)];
    }

    public static void GradientsClose(Tensor?[] expected, Tensor?[] actual, double tolerance = 1e-12)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(expected[i] is null == actual[i] is null, $"gradient {i}: one is null");
            if (expected[i] is { } gradient) Close($"gradient {i}", gradient, actual[i]!, tolerance);
        }
    }
}
