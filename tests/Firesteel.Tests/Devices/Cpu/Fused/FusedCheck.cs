namespace Firesteel.Tests.Devices.Cpu.Fused;

using Autograd = global::Firesteel.Autograd;

/// <summary>
/// What a fused kernel of float32 must agree with: the same operation in float64, which runs as the combination of operations that the table of operations
/// checks against finite differences.
/// </summary>
internal static class FusedCheck
{
    /// <summary>Result and gradients of a function of float32 tensors against those in float64; tolerance relative to the largest number of each, or to 1: the sums have terms of that size.</summary>
    public static void SameAsInDouble(Func<Tensor[], Tensor> function, Tensor[] inputs, double tolerance = 2e-6, string? what = null)
    {
        var singles = Array.ConvertAll(inputs, static x => Leaf(x, x.DType));
        var doubles = Array.ConvertAll(inputs, static x => Leaf(x, x.DType.IsFloatingPoint() ? DType.Float64 : x.DType));
        var single = function(singles);
        var wide = function(doubles);
        Assert.Equal(DType.Float32, single.DType);
        Assert.Equal(wide.Shape, single.Shape);
        Close(wide, single, tolerance, $"{what} result");
        var g = Tensor.Randn(single.Shape);
        single.Backward(g, retainGraph: true);
        wide.Backward(g.To(DType.Float64));
        for (int i = 0; i < inputs.Length; i++)
            if (singles[i].RequiresGrad) Close(doubles[i].Grad!, singles[i].Grad!, tolerance, $"{what} gradient {i}");

        // The gradient that is recorded for gradients of gradients is another computation of the same.
        Tensor[] differentiable = [.. singles.Where(static x => x.RequiresGrad)];
        var recorded = Autograd.Grad([single], differentiable, [g], createGraph: true);
        for (int i = 0; i < differentiable.Length; i++) Close(recorded[i]!.Detach().To(DType.Float64), differentiable[i].Grad!, tolerance, $"{what} recorded gradient {i}");
    }

    /// <summary>The same strides in the other dtype.</summary>
    private static Tensor Leaf(Tensor x, DType dtype)
    {
        var leaf = Tensor.EmptyStrided(x.Shape, x.Stride(), dtype).CopyInPlace(x.Detach());
        return leaf.RequiresGradInPlace(x.RequiresGrad);
    }

    private static void Close(Tensor expected, Tensor actual, double tolerance, string what)
    {
        double[] e = expected.Detach().ToArray<double>(), a = actual.Detach().To(DType.Float64).ToArray<double>();
        double scale = e.Where(double.IsFinite).Select(Math.Abs).Append(1).Max();
        for (int i = 0; i < e.Length; i++)
        {
            bool same = double.IsFinite(e[i]) ? Math.Abs(e[i] - a[i]) <= tolerance * scale : e[i].Equals(a[i]);
            Assert.True(same, $"{what}: element {i} of {expected.Shape} is {a[i]:R}, in float64 {e[i]:R}");
        }
    }
}
