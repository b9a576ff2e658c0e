using Firesteel.Tests.Ops;

namespace Firesteel.Tests.Compiler;

using Compiler = Firesteel.Compiler;

/// <summary>Every operation of the table, forward and gradients as one captured function, gives the bits that it gives eagerly, for other values than it was captured with.</summary>
[Collection(Conformance.GeneratorCollection.Name)]
public class OpTableCapturedTests
{
    /// <summary>Operations whose results or shapes depend on values: they read them, and are refused while a function is captured.</summary>
    private static readonly HashSet<string> s_refused = [];

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
}
