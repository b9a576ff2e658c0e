namespace Firesteel.Tests.Ops;

using Autograd = Firesteel.Autograd;

/// <summary>First and second derivatives of every line against finite differences.</summary>
public class OpTableGradientTests
{
    public static TheoryData<string> Differentiable => OpTable.Ids(static op => op.Differentiable);

    public static TheoryData<string> TwiceDifferentiable => OpTable.Ids(static op => op.TwiceDifferentiable);

    [Theory]
    [MemberData(nameof(Differentiable))]
    public void Gradcheck(string id)
    {
        var op = OpTable.Of(id);
        foreach (var sample in op.Samples) OpTableCheck.Run(op, sample, () => Autograd.Gradcheck(op.Run, Draws.Of(op, sample, DType.Float64, requiresGrad: true)));
    }

    [Theory]
    [MemberData(nameof(TwiceDifferentiable))]
    public void Gradgradcheck(string id)
    {
        var op = OpTable.Of(id);
        foreach (var sample in op.Samples.Where(static sample => !sample.IsEmpty))
            OpTableCheck.Run(op, sample, () => Autograd.Gradgradcheck(op.Run, Draws.Of(op, sample, DType.Float64, requiresGrad: true)));
    }

    /// <summary>Every floating-point result of a differentiable line is recorded, no result of any other line is, and none is under NoGrad.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public void IsRecordedAsDeclared(string id)
    {
        var op = OpTable.Of(id);
        var inputs = Draws.Of(op, op.Main, op.Base, requiresGrad: true);
        OpTableCheck.Run(op, op.Main, () =>
        {
            foreach (var output in op.Run(inputs))
                Assert.True(output.RequiresGrad == (op.Differentiable && output.IsFloatingPoint()), $"requires_grad of the result is {output.RequiresGrad}");
            using var scope = Autograd.NoGrad();
            foreach (var output in op.Run(inputs)) Assert.False(output.RequiresGrad && output.GradFn is not null, "recorded under NoGrad");
        });
    }

    public static TheoryData<string> All => OpTable.Ids(static _ => true);
}
