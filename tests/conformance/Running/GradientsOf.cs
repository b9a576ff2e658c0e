namespace Firesteel.Conformance;

/// <summary>Gradients of several outputs by several inputs.</summary>
public static class GradientsOf
{
    public static IReadOnlyList<Tensor?> Inputs(IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor> inputs, IReadOnlyList<Tensor> cotangents) =>
        Autograd.Grad([.. outputs], [.. inputs], [.. cotangents], allowUnused: true);
}
