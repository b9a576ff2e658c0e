namespace Firesteel.Tests.Ops;

using Autograd = Firesteel.Autograd;

/// <summary>In-place forms do what the others do, to the tensor that they are called on, and only where that is allowed.</summary>
public class OpTableInPlaceTests
{
    public static TheoryData<string> InPlace => OpTable.Ids(static op => op.InPlace is not null);

    public static TheoryData<string> Differentiable => OpTable.Ids(static op => op.InPlace is not null && op.Base.IsFloatingPoint() && !op.Main.Inputs[0].IsConstant);

    [Theory]
    [MemberData(nameof(InPlace))]
    public void EqualsTheOther(string id)
    {
        var op = OpTable.Of(id);
        foreach (var sample in op.Samples)
        {
            OpTableCheck.Run(op, sample, () =>
            {
                var a = Draws.Of(op, sample, op.Base, requiresGrad: op.Differentiable);
                var b = Draws.Of(op, sample, op.Base, requiresGrad: op.Differentiable);
                Tensor[] arguments = [a[0].Clone(), .. a[1..]];
                var target = arguments[0];
                int version = target.Version;
                var actual = op.InPlace!(arguments);
                Assert.Same(target, actual);
                if (target.NumElements > 0) Assert.True(target.Version > version, "the version of the target did not move");
                var expected = op.Run(b)[0];
                // The target keeps its dtype where the result of the other has its own.
                OpTableCheck.Close("result", expected.To(target.DType), actual, 0);
                Assert.Equal(expected.RequiresGrad, actual.RequiresGrad);
                if (op.Differentiable) OpTableCheck.GradientsClose(OpTableCheck.Gradients([expected], b), OpTableCheck.Gradients([actual], a));
            });
        }
    }

    /// <summary>A strided part of a tensor is written to, and nothing beside it.</summary>
    [Theory]
    [MemberData(nameof(InPlace))]
    public void WritesThroughViews(string id)
    {
        var op = OpTable.Of(id);
        OpTableCheck.Run(op, op.Main, () =>
        {
            var inputs = Draws.Of(op, op.Main, op.Base);
            var expected = op.Run(inputs)[0].To(op.Base);
            var wide = Tensor.Full([.. inputs[0].Shape[..^1], (2 * inputs[0].Shape[^1]) + 1], 7, dtype: op.Base);
            var part = wide.Slice(-1, 1, null, 2);
            part.CopyInPlace(inputs[0]);
            op.InPlace!([part, .. inputs[1..]]);
            OpTableCheck.Close("the view", expected, part);
            Assert.All(wide.Slice(-1, 0, null, 2).ToArray<double>(), static value => Assert.Equal(7, value));
        });
    }

    [Theory]
    [MemberData(nameof(Differentiable))]
    public void IsRefusedOnALeafThatRequiresAGradient(string id)
    {
        var op = OpTable.Of(id);
        OpTableCheck.Run(op, op.Main, () =>
        {
            var inputs = Draws.Of(op, op.Main, op.Base, requiresGrad: true);
            var before = inputs[0].ToArray<double>();
            Assert.Contains("a leaf tensor that requires grad is being used in an in-place operation", Assert.Throws<InvalidOperationException>(() => op.InPlace!(inputs)).Message);
            var view = inputs[0].View(inputs[0].Shape);
            Assert.Contains("a view of a leaf tensor that requires grad is being used in an in-place operation", Assert.Throws<InvalidOperationException>(() => op.InPlace!([view, .. inputs[1..]])).Message);
            Assert.Equal(before, inputs[0].ToArray<double>());
            Assert.Equal(0, inputs[0].Version);
            using var scope = Autograd.NoGrad();
            op.InPlace!(inputs);
            Assert.True(inputs[0].IsLeaf && inputs[0].RequiresGrad);
        });
    }

    /// <summary>A target that would have to grow is refused, and so is one whose elements lie on each other; both stay as they are.</summary>
    [Theory]
    [MemberData(nameof(InPlace))]
    public void IsRefusedWhereTheResultDoesNotFit(string id)
    {
        var op = OpTable.Of(id);
        OpTableCheck.Run(op, op.Main, () =>
        {
            var inputs = Draws.Of(op, op.Main, op.Base);
            var row = inputs[0].Slice(0, 0, 1).Clone();
            var before = row.ToArray<double>();
            Assert.Contains("more than one element of the written-to tensor", Assert.Throws<InvalidOperationException>(() => op.InPlace!([row.Expand(inputs[0].Shape), .. inputs[1..]])).Message);
            if (op.Broadcasts)
                Assert.True(Record.Exception(() => op.InPlace!([row, .. inputs[1..]])) is ArgumentException or InvalidOperationException, "a target that is too small was not refused");
            Assert.Equal(before, row.ToArray<double>());
        });
    }
}
