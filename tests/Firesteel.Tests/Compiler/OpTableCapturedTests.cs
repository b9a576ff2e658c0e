using Firesteel.Tests.Ops;

namespace Firesteel.Tests.Compiler;

using Autograd = Firesteel.Autograd;
using Compiler = Firesteel.Compiler;

/// <summary>Every operation of the table, forward and gradients as one captured function, gives the bits that it gives eagerly, for other values than it was captured with.</summary>
[Collection(Conformance.GeneratorCollection.Name)]
public class OpTableCapturedTests
{
    public static TheoryData<string> Forward => OpTable.Ids(static _ => true);

    [Theory]
    [MemberData(nameof(Forward))]
    public void CapturedEqualsEager(string id)
    {
        var op = OpTable.Of(id);
        var sample = op.Main;
        OpTableCheck.Run(op, sample, () =>
        {
            var drawn = Draws.Of(op, sample, op.Base, requiresGrad: op.Differentiable);
            Func<Tensor[], Tensor[]> body = x =>
            {
                Tensor[] leaves = [.. x.Select((t, i) => drawn[i].RequiresGrad ? t.Detach().RequiresGradInPlace() : t)];
                var outputs = op.Run(leaves);
                return [.. outputs.Select(static o => o.Detach()), .. OpTableCheck.Gradients(outputs, leaves).OfType<Tensor>()];
            };
            var captured = Compiler.Compile(body);
            int replays = 0;
            for (int i = 0; i < 5; i++)
            {
                // Another order of the same values keeps what the operation asks of them.
                Tensor[] inputs = [.. drawn.Select(x => i % 2 == 0 ? x.Detach().Clone() : x.Detach().Reshape(-1).Flip(0).Reshape(x.Shape))];
                Tensor[] results;
                try
                {
                    results = captured.Run(inputs);
                }
                catch (InvalidOperationException e) when (e.Message.Contains("while a step is being captured", StringComparison.Ordinal))
                {
                    return;
                }
                catch (IndexOutOfRangeException)
                {
                    return;
                }
                var expected = body(inputs);
                Assert.Equal(expected.Length, results.Length);
                for (int k = 0; k < expected.Length; k++) OpTableCheck.Close($"run {i}, result {k}", expected[k], results[k], 0);
                replays = (int)captured.Replays;
            }
            Assert.True(replays > 0, $"never captured: {captured.LastRecapture}");
        });
    }

    public static TheoryData<string> Differentiable => OpTable.Ids(static op => op.Differentiable);

    public static TheoryData<string> TwiceDifferentiable => OpTable.Ids(static op => op.TwiceDifferentiable);

    /// <summary>The forward captured, backward by the caller: gradients have the bits of eager ones, and are the derivatives along a direction by finite differences, computed captured too.</summary>
    [Theory]
    [MemberData(nameof(Differentiable))]
    public void Gradcheck(string id)
    {
        var op = OpTable.Of(id);
        OpTableCheck.Run(op, op.Main, () =>
        {
            var x = Draws.Of(op, op.Main, DType.Float64, requiresGrad: true);
            Func<Tensor[], Tensor[]> body = inputs => [.. op.Run(inputs).Where(static y => y.IsFloatingPoint())];
            var captured = Compiler.Compile(body);
            Tensor?[] gradients = [];
            for (int i = 0; i < 4; i++)
            {
                if (!TryRun(captured, x, out var outputs)) return;
                gradients = OpTableCheck.Gradients(outputs, x);
                OpTableCheck.GradientsClose(OpTableCheck.Gradients(body(x), x), gradients, 0);
            }
            if (captured.PlainWithHistoryBecause is null) Assert.True(captured.Replays > 0, $"never captured: {captured.LastRecapture}");

            const double eps = 1e-6;
            using var _ = Autograd.NoGrad();
            Tensor?[] direction = [.. x.Select((t, i) => gradients[i] is null ? null : (Tensor.Arange(t.NumElements, dtype: DType.Float64) * 1.7 + i).Sin().Reshape(t.Shape))];
            double Along(double step) => Sum(captured.Run([.. x.Select((t, i) => direction[i] is { } d ? (t.Detach() + d * step).RequiresGradInPlace() : t)]).Select(static (y, i) => y * Draws.Cotangent(y, i)));
            for (int i = 0; i < 3; i++) Along(0);
            double numeric = (Along(eps) - Along(-eps)) / (2 * eps), analytic = Sum(gradients.Select((g, i) => g is null ? null : g * direction[i]!)), size = Sum(gradients.Select(static g => g?.Abs()));
            Assert.True(Math.Abs(numeric - analytic) <= 1e-5 * (1 + size) + 1e-3 * Math.Abs(numeric), $"{analytic:R} analytically and {numeric:R} numerically");
        });
    }

    /// <summary>The gradient captured, and the gradient of the gradient by the caller: the bits of eager code.</summary>
    [Theory]
    [MemberData(nameof(TwiceDifferentiable))]
    public void SecondDerivatives(string id)
    {
        var op = OpTable.Of(id);
        OpTableCheck.Run(op, op.Main, () =>
        {
            var x = Draws.Of(op, op.Main, DType.Float64, requiresGrad: true);
            Func<Tensor[], Tensor[]> body = inputs =>
            {
                Tensor[] roots = [.. op.Run(inputs).Where(static y => y.RequiresGrad)], leaves = [.. inputs.Where(static t => t.RequiresGrad)];
                return [.. Autograd.Grad(roots, leaves, [.. roots.Select(Draws.Cotangent)], createGraph: true, allowUnused: true).OfType<Tensor>()];
            };
            var captured = Compiler.Compile(body);
            for (int i = 0; i < 4; i++)
            {
                if (!TryRun(captured, x, out var outputs)) return;
                OpTableCheck.GradientsClose(OpTableCheck.Gradients(body(x), x), OpTableCheck.Gradients(outputs, x), 0);
            }
            if (captured.PlainWithHistoryBecause is null) Assert.True(captured.Replays > 0, $"never captured: {captured.LastRecapture}");
        });
    }

    private static double Sum(IEnumerable<Tensor?> tensors) => tensors.Sum(static t => t is null ? 0 : t.Detach().To(DType.Float64).Sum().Item());

    /// <summary>False for what reads values.</summary>
    private static bool TryRun(Compiled<Tensor[]> captured, Tensor[] inputs, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Tensor[]? outputs)
    {
        outputs = null;
        try
        {
            outputs = captured.Run(inputs);
            return true;
        }
        catch (InvalidOperationException e) when (e.Message.Contains("while a step is being captured", StringComparison.Ordinal))
        {
            return false;
        }
    }
}
