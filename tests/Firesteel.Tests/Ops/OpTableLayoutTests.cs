namespace Firesteel.Tests.Ops;

/// <summary>How the elements lie in memory, how many there are and whether they are repeated does not change what a line computes.</summary>
public class OpTableLayoutTests
{
    public static TheoryData<string> All => OpTable.Ids(static _ => true);

    public static TheoryData<string> Broadcasting => OpTable.Ids(static op => op.Broadcasts);

    /// <summary>Empty, 0-d and ordinary inputs give results of the shapes that are written in the table and gradients of the shapes of the inputs.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public void Shapes(string id)
    {
        var op = OpTable.Of(id);
        foreach (var sample in op.Samples)
        {
            var inputs = Draws.Of(op, sample, op.Base, requiresGrad: op.Differentiable);
            var before = Array.ConvertAll(inputs, static input => (input.Version, input.ToArray<double>()));
            OpTableCheck.Run(op, sample, () =>
            {
                var outputs = op.Run(inputs);
                if (sample.Outputs is { } shapes)
                {
                    Assert.Equal(shapes.Length, outputs.Length);
                    for (int i = 0; i < shapes.Length; i++) Assert.Equal(shapes[i], outputs[i].Shape.ToArray());
                }
                var gradients = OpTableCheck.Gradients(outputs, inputs);
                for (int i = 0; i < inputs.Length; i++)
                {
                    if (gradients[i] is { } gradient) Assert.Equal(inputs[i].Shape, gradient.Shape);
                    Assert.Equal(before[i].Version, inputs[i].Version);
                    Assert.Equal(before[i].Item2, inputs[i].ToArray<double>());
                }
            });
        }
    }

    /// <summary>Results are new tensors, or look at the first input where the line says so.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public void SharesStorageAsDeclared(string id)
    {
        var op = OpTable.Of(id);
        var inputs = Draws.Of(op, op.Main, op.Base);
        OpTableCheck.Run(op, op.Main, () =>
        {
            foreach (var output in op.Run(inputs))
            {
                if (op.Shares == Shares.Always) Assert.True(output.SharesStorageWith(inputs[0]), "is no view of the input");
                else if (op.Shares == Shares.Never) Assert.DoesNotContain(inputs, output.SharesStorageWith);
            }
        });
    }

    /// <summary>Transposed, sliced and repeated inputs give the values and gradients of their contiguous copies.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public void Strided(string id)
    {
        var op = OpTable.Of(id);
        var inputs = Draws.Of(op, op.Main, op.Base);
        OpTableCheck.Run(op, op.Main, () =>
        {
            foreach (var layout in op.Repeats ? (Func<Tensor, Tensor>[])[Transposed, Sliced, Repeated] : [Transposed, Sliced])
            {
                var strided = Array.ConvertAll(inputs, input => layout(input));
                var copies = Array.ConvertAll(strided, static input => Tensor.From<double>(input.ToArray<double>(), input.Shape, input.DType));
                if (op.Differentiable)
                {
                    for (int i = 0; i < inputs.Length; i++)
                        if (!op.Main.Inputs[i].IsConstant && inputs[i].IsFloatingPoint()) strided[i].RequiresGrad = copies[i].RequiresGrad = true;
                }
                var expected = op.Run(copies);
                var actual = op.Run(strided);
                Assert.Equal(expected.Length, actual.Length);
                for (int i = 0; i < expected.Length; i++) OpTableCheck.Close($"{layout.Method.Name}, result {i}", expected[i], actual[i]);
                OpTableCheck.GradientsClose(OpTableCheck.Gradients(expected, copies), OpTableCheck.Gradients(actual, strided));
            }
        });
    }

    /// <summary>Inputs that are broadcast against each other give what expanded copies give, and gradients that are the sums of theirs.</summary>
    [Theory]
    [MemberData(nameof(Broadcasting))]
    public void Broadcast(string id)
    {
        var op = OpTable.Of(id);
        long[][] shapes = op.Main.Inputs.Length == 2 ? [[2, 1, 3], [4, 1]] : [[2, 1, 3], [4, 1], [3]];
        foreach (var order in (long[][][])[shapes, [.. shapes.Reverse()], [[], .. shapes[1..]]])
        {
            var sample = new Sample([.. op.Main.Inputs.Select((input, i) => input with { Shape = order[i] })], null);
            long[] full = order[0].Length == 0 ? op.Main.Inputs.Length == 2 ? [4, 1] : [4, 3] : [2, 4, 3];
            OpTableCheck.Run(op, sample, () =>
            {
                var inputs = Draws.Of(op, sample, op.Base, requiresGrad: op.Differentiable);
                var copies = Array.ConvertAll(inputs, input => Tensor.From<double>(input.Detach().Expand(full).ToArray<double>(), full, input.DType, input.RequiresGrad));
                var expected = op.Run(copies);
                var actual = op.Run(inputs);
                OpTableCheck.Close("result", expected[0], actual[0], 0);
                var summed = OpTableCheck.Gradients(expected, copies).Select((gradient, i) => gradient?.SumToSize(inputs[i].Shape)).ToArray();
                OpTableCheck.GradientsClose(summed, OpTableCheck.Gradients(actual, inputs));
            });
        }
    }

    private static Tensor Transposed(Tensor x) => x.Ndim < 2 ? x.Clone() : x.Transpose(0, -1).Contiguous().Transpose(0, -1);

    /// <summary>Every second element of the last dimension, from the second on, between other numbers.</summary>
    private static Tensor Sliced(Tensor x)
    {
        if (x.Ndim == 0) return x.Clone();
        var wide = Tensor.Full([.. x.Shape[..^1], (2 * x.Shape[^1]) + 1], 1, dtype: x.DType);
        var part = wide.Slice(-1, 1, null, 2);
        part.CopyInPlace(x);
        return part;
    }

    /// <summary>The first row for every row.</summary>
    private static Tensor Repeated(Tensor x) => x.Ndim < 2 ? x.Clone() : x.Slice(0, 0, 1).Expand(x.Shape);
}
