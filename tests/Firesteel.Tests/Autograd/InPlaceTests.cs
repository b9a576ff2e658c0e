namespace Firesteel.Tests.Autograd;

using Autograd = Firesteel.Autograd;

/// <summary>Views and in-place writes: first and second derivatives as PyTorch computes them, and PyTorch's refusals.</summary>
public class InPlaceTests
{
    /// <summary>Programs over x = [[1, 2, 3], [4, 5, 6]] / 4 and w = [0.5, -1, 2], run in PyTorch with the same lines.</summary>
    private static readonly Dictionary<string, Func<Tensor, Tensor, Tensor>> s_programs = new()
    {
        ["a row"] = static (x, w) =>
        {
            var y = x * 2;
            y.Select(0, 0).MulInPlace(w);
            return (y * y).Sum();
        },
        ["columns, then a row of the transposed"] = static (x, w) =>
        {
            var y = x.Clone();
            y.Slice(1, 1).AddInPlace(w.Slice(0, 1));
            y.T.Select(0, 0).MulInPlace(3);
            return y.Pow(3).Sum();
        },
        ["a view that is used afterwards"] = static (x, w) =>
        {
            var y = x * x;
            var v = y.Select(0, 1);
            v.NegInPlace();
            v.MulInPlace(w);
            return y.Sum() + v.Prod();
        },
        ["copies into an element and a row"] = static (x, w) =>
        {
            var y = x.Clone();
            y.Select(0, 0).Select(0, 0).CopyInPlace(w.Select(0, 2));
            y.Select(0, 1).CopyInPlace(w * w);
            return (y * x).Sum();
        },
        ["every second element"] = static (x, w) =>
        {
            var y = x * 1;
            y.View(6).Slice(0, 0, null, 2).AddInPlace(w.Select(0, 1));
            y.Transpose(0, 1).Select(0, 1).MulInPlace(w.Select(0, 0));
            return y.Pow(2).Sum();
        },
        ["a mask"] = static (x, w) =>
        {
            var y = x.Clone();
            y.MaskedFillInPlace(y > 3, 0);
            y.MulInPlace(w);
            y.AddInPlace(x);
            return (y * y).Sum();
        },
        ["a copy of an expanded view"] = static (x, w) =>
        {
            var y = x.Clone().Unsqueeze(0).Expand(2, 2, 3).Clone();
            y.Select(0, 1).SubInPlace(y.Select(0, 0).Clone() * w);
            return (y * y).Sum();
        },
        ["a constant that gets a history"] = static (x, w) =>
        {
            var z = Tensor.Zeros([2, 3], dtype: DType.Float64);
            z.CopyInPlace(x);
            z.Select(0, 1).DivInPlace(w);
            return (z * z).Sum();
        },
        ["the diagonal, twice"] = static (x, w) =>
        {
            var y = x * w;
            var d = y.Diagonal();
            d.MulInPlace(w.Slice(0, 0, 2));
            d.AddInPlace(1);
            return (y * y * x).Sum();
        },
        ["a buffer, row by row"] = static (x, w) =>
        {
            var b = Tensor.Zeros([4, 3], dtype: DType.Float64);
            b.Select(0, 0).CopyInPlace(x.Select(0, 0));
            b.Select(0, 1).CopyInPlace(x.Select(0, 1) * w);
            b.Select(0, 2).CopyInPlace(b.Select(0, 0).Clone() * b.Select(0, 1).Clone());
            b.Select(0, 3).AddInPlace(b.Select(0, 2));
            return (b * b).Sum();
        },
        ["a write that is not recorded"] = static (x, w) =>
        {
            var y = x.Clone();
            using (Autograd.NoGrad()) y.Select(0, 0).MulInPlace(2);
            y.Select(0, 1).MulInPlace(w);
            return (y * y).Sum();
        },
        ["a running sum"] = static (x, w) =>
        {
            var y = x * x;
            y.Slice(1, 0, 2).NegInPlace();
            y.CumsumInPlace(1);
            return (y * y * w).Sum();
        },
        ["elements named by indices"] = static (x, w) =>
        {
            var y = x.Clone();
            y.IndexPutInPlace([Tensor.From([0L, 1]), Tensor.From([2L, 0])], w.Slice(0, 0, 2));
            return (y * y * y).Sum();
        },
        ["zeros, products and powers"] = static (x, w) =>
        {
            var y = x.Clone();
            y.Select(1, 0).ZeroInPlace();
            y.AddcmulInPlace(x, w.Expand(2, 3), value: 2);
            y.View(-1).Slice(0, 1, 4).PowInPlace(2);
            return (y * w).Sum();
        },
        ["views of views, written in turns"] = static (x, w) =>
        {
            var y = x * w;
            var a = y.Select(0, 1);
            var b = a.Slice(0, 1);
            var c = y.View(-1).Slice(0, 4, 5);
            b.MulInPlace(3);
            a.MulInPlace(w);
            c.AddInPlace(w.Select(0, 0));
            return (y * y).Sum() + (b * b).Sum() + c.Sum();
        },
    };

    /// <summary>
    /// The loss, its gradients gx and gw, and the gradients of sum(gx^2) + sum(gw^2): numbers of PyTorch 1.13.
    /// </summary>
    public static TheoryData<string, double, double[], double[], double[], double[]> Programs => new()
    {
        { "a row", 29.3125, [0.5, 4.0, 24.0, 8.0, 10.0, 12.0], [0.25, -2.0, 9.0], [3.0, 96.0, 1968.0, 128.0, 160.0, 192.0], [2.25, -72.0, 1233.0] },
        { "columns, then a row of the transposed", 90.984375, [5.0625, 0.75, 22.6875, 81.0, 0.1875, 36.75], [0.0, 0.9375, 59.4375], [410.0625, -10.125, 2710.125, 26244.0, 3.375, 4039.875], [0.0, -6.75, 6750.0] },
        { "a view that is used afterwards", 0.953125, [0.5, 1.0, 1.5, 6.03125, 8.125, -1.3125], [6.03125, -5.078125, -0.4921875], [2.0, 4.0, 6.0, 444.409423828125, 437.0947265625, 398.59716796875], [371.657470703125, -287.625122070312, 150.093017578125] },
        { "copies into an element and a row", 8.8125, [2.0, 1.0, 1.5, 0.25, 1.0, 4.0], [1.0, -2.5, 6.25], [12.5, 4.0, 6.0, 2.0, 10.0, 50.0], [4.5, -16.5, 73.5] },
        { "every second element", 3.953125, [-1.5, 0.25, -0.5, 2.0, 0.125, 3.0], [0.3125, -1.875, 0.0], [-13.5, 0.875, -9.5, 8.0, -1.4375, 12.0], [-0.859375, -24.4375, 0.0] },
        { "a mask", 27.703125, [1.125, 0.0, 13.5, 4.5, 0.0, 27.0], [3.1875, 0.0, 16.875], [19.6875, 0.0, 789.75, 78.75, 0.0, 1579.5], [70.921875, 0.0, 1404.84375] },
        { "a copy of an expanded view", 16.015625, [0.625, 5.0, 3.0, 2.5, 12.5, 6.0], [-1.0625, -7.25, 5.625], [4.1875, 158.0, 57.75, 16.75, 395.0, 115.5], [-15.140625, -342.5625, 153.28125] },
        { "a constant that gets a history", 7.0, [0.5, 1.0, 1.5, 8.0, 2.5, 0.75], [-16.0, 3.125, -0.5625], [2.0, 4.0, 6.0, 1152.0, 41.25, 1.59375], [-3584.0, 83.59375, -2.07421875] },
        { "the diagonal, twice", 22.1728515625, [1.26171875, 0.75, 6.75, 0.75, 10.6875, 27.0], [1.1328125, -14.3125, 15.1875], [5.238037109375, 47.4375, 448.03125, 9.046875, 1068.78125, 2764.125], [12.4638671875, -1473.7421875, 1779.78515625] },
        { "a buffer, row by row", 22.625, [0.75, 4.125, 28.5, 0.5625, 3.75, 25.5], [1.125, -4.6875, 19.125], [7.3125, 164.15625, 5034.75, 6.4453125, 134.0625, 3894.375], [9.09375, -151.7578125, 3205.265625] },
        { "a write that is not recorded", 14.3125, [1.0, 2.0, 3.0, 0.5, 2.5, 12.0], [1.0, -3.125, 9.0], [4.0, 8.0, 12.0, 4.5, 41.25, 408.0], [6.0, -44.53125, 369.0] },
        { "a running sum", -5.841796875, [-0.78125, -1.625, 1.5, -5.75, -9.6875, -3.75], [1.00390625, 6.6640625, 0.16015625], [-4.32861328125, -7.330078125, 57.427734375, 59.419921875, 189.23583984375, 605.3994140625], [-46.09765625, -368.63671875, -26.3203125] },
        { "elements named by indices", 4.59375, [0.1875, 0.75, 0.0, 0.0, 4.6875, 6.75], [0.75, 3.0, 0.0], [0.5625, 4.5, 0.0, 0.0, 70.3125, 121.5], [4.5, -36.0, 0.0] },
        { "zeros, products and powers", 44.75, [0.5, -1.0, 75.0, 1.0, 1.0, 10.0], [3.5, -2.5, 50.0625], [14.0, -21.0, 24762.1875, 44.0, 15.0, 901.125], [105.0, -21.0, 18559.6875] },
        { "views of views, written in turns", 690.953125, [0.125, 1.0, 6.0, 0.125, 54.0, 864.0], [18.5625, -135.5, 1298.25], [18.6875, 546.0, 15675.0, 37.15625, 57991.5, 5482080.0], [9690.890625, -120197.25, 8036573.0625] },
    };

    [Theory]
    [MemberData(nameof(Programs))]
    public void AsInPyTorch(string program, double loss, double[] gx, double[] gw, double[] hx, double[] hw)
    {
        var x = Tensor.From(new[,] { { 0.25, 0.5, 0.75 }, { 1, 1.25, 1.5 } }, requiresGrad: true);
        var w = Tensor.From([0.5, -1, 2], requiresGrad: true);
        var y = s_programs[program](x, w);
        Assert.Equal(loss, y.Item(), 10);
        var first = Autograd.Grad([y], [x, w], createGraph: true);
        Close(gx, first[0]!);
        Close(gw, first[1]!);
        var second = Autograd.Grad([first[0]!.Pow(2).Sum() + first[1]!.Pow(2).Sum()], [x, w]);
        Close(hx, second[0]!);
        Close(hw, second[1]!);
        if (program != "a write that is not recorded") Assert.True(Autograd.Gradgradcheck(inputs => s_programs[program](inputs[0], inputs[1]), [x, w]));
    }

    [Fact]
    public void RefusalsSayWhatPyTorchSays()
    {
        var x = Tensor.Ones([2, 3], requiresGrad: true);
        Refused("a leaf", "leaf", () => x.AddInPlace(1));
        Refused("a view of a leaf", "a view of a leaf tensor that requires grad is being used in an in-place operation", () => x.Select(0, 0).AddInPlace(1));
        Refused("a view of a leaf made under NoGrad", "view was created", () => Unrecorded(x).MulInPlace(2));
        Refused("a view made under NoGrad", "view was created", () => Unrecorded(x * 1).MulInPlace(2));
        Refused("one of several", "is being modified inplace", () => (x * 1).Unbind()[0].MulInPlace(2));
        Refused("one of several", "is being modified inplace", () => (x * 1).Split(1)[1].MulInPlace(2));
        Refused("an expanded one", "more than one element of the written-to tensor", () => (x * 1).Select(0, 0).Expand(2, 3).AddInPlace(1));
        Assert.Equal(Enumerable.Repeat(1f, 6), x.ToArray<float>());

        static Tensor Unrecorded(Tensor tensor)
        {
            using var scope = Autograd.NoGrad();
            return tensor.Select(0, 0);
        }

        static void Refused(string what, string phrase, Action write)
        {
            var e = Record.Exception(write);
            Assert.True(e is InvalidOperationException && e.Message.Contains(phrase, StringComparison.OrdinalIgnoreCase), $"{what}: {e}");
        }
    }

    [Fact]
    public void WritesUnderNoGradAreAllowed()
    {
        var x = Tensor.Ones([2, 3], requiresGrad: true);
        using (Autograd.NoGrad())
        {
            x.Select(0, 0).MulInPlace(2);
            x.Unbind()[1].AddInPlace(3);
        }
        Assert.Equal([2, 2, 2, 4, 4, 4], x.ToArray<float>());
        Assert.True(x.IsLeaf && x.RequiresGrad);
    }

    [Fact]
    public void SavedTensorsThatChangedAreNamed()
    {
        var x = Tensor.Ones([2, 3], requiresGrad: true);
        Changed(() =>
        {
            var z = (x * 1).Exp();
            z.AddInPlace(1); // exp keeps its result
            return z;
        });
        Changed(() =>
        {
            var y = x * 1;
            var z = y * y;
            y.Detach().ZeroInPlace(); // the same elements by another name
            return z;
        });
        Changed(() =>
        {
            var y = x * x;
            var v = y.Select(0, 1);
            v.SigmoidInPlace(); // keeps its result, which the next write overwrites
            v.MulInPlace(2);
            return y;
        });

        static void Changed(Func<Tensor> make)
        {
            var z = make();
            Assert.Contains("has been modified by an inplace operation", Assert.Throws<InvalidOperationException>(() => z.Sum().Backward()).Message);
        }
    }

    [Fact]
    public void SecondDerivativesThroughViews()
    {
        var x = Tensor.From(new[,] { { 0.3, -0.7, 1.1 }, { 0.2, 0.9, -0.4 } }, requiresGrad: true);
        Assert.True(Autograd.Gradgradcheck(static i => i[0].T.Slice(0, 1).Exp() * i[0].Diagonal().Sin(), [x]));
        Assert.True(Autograd.Gradgradcheck(static i => i[0].Expand(2, 2, 3).Permute(2, 0, 1).Reshape(6, 2).Tanh().Cumprod(0), [x]));
        Assert.True(Autograd.Gradgradcheck(static i => i[0].Contiguous().AsStrided([2, 2], [1, 2]).Pow(3), [x]));
        Assert.True(Autograd.Gradgradcheck(static i => i[0].Unfold(1, 2, 1).Sin().Unbind(2)[1], [x]));
    }

    private static void Close(double[] expected, Tensor actual)
    {
        var values = actual.ToArray<double>();
        Assert.Equal(expected.Length, values.Length);
        for (int i = 0; i < values.Length; i++) Assert.True(Math.Abs(expected[i] - values[i]) <= 1e-10 * Math.Max(1, Math.Abs(expected[i])), $"element {i}: {values[i]:R}, expected {expected[i]:R}");
    }
}
