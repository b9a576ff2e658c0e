using Firesteel.Nn;
using F = Firesteel.Nn.Functional;

namespace Firesteel.Tests;

/// <summary>The names that <c>grad_fn=&lt;...&gt;</c> shows, from PyTorch 1.13.</summary>
public class NodeNamesTests
{
    private readonly List<string> _wrong = [];

    private void Check(string expected, Tensor result, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(result))] string code = "")
    {
        if (result.GradFn?.Name != expected) _wrong.Add($"{code}: {result.GradFn?.Name} instead of {expected}");
    }

    [Fact]
    public void AsInPyTorch()
    {
        Tensor x = (Tensor.Rand(3, 3) + 0.5).RequiresGradInPlace(), y = Tensor.Rand(3, 3).RequiresGradInPlace(), v = Tensor.Rand(3).RequiresGradInPlace(), b = Tensor.Rand(2, 3, 3).RequiresGradInPlace();
        var t = Tensor.From(new long[] { 0, 1, 2 });
        Check("AddBackward0", x + y);
        Check("AddBackward0", x + 1);
        Check("RsubBackward1", 1 - x);
        Check("SubBackward0", x - y);
        Check("MulBackward0", x * 2);
        Check("DivBackward0", x / y);
        Check("NegBackward0", -x);
        Check("PowBackward0", x.Pow(2));
        Check("PowBackward1", x.Pow(y));
        Check("PowBackward1", Tensor.Pow(2, x));
        Check("MmBackward0", x.Matmul(y));
        Check("MmBackward0", x.Mm(y));
        Check("BmmBackward0", b.Bmm(b));
        Check("MvBackward0", x.Mv(v));
        Check("MvBackward0", x.Matmul(v));
        Check("DotBackward0", v.Dot(v));
        Check("DotBackward0", v.Matmul(v));
        Check("VdotBackward0", v.Vdot(v));
        Check("AddmmBackward0", v.Addmm(x, y));
        Check("MulBackward0", v.Outer(v));
        Check("SumBackward0", x.Sum());
        Check("SumBackward1", x.Sum(0));
        Check("MeanBackward0", x.Mean());
        Check("MeanBackward1", x.Mean(0));
        Check("ProdBackward0", x.Prod());
        Check("ProdBackward1", x.Prod(0));
        Check("MaxBackward1", x.Max());
        Check("MinBackward1", x.Min());
        Check("MaxBackward0", x.Max(0).Values);
        Check("AmaxBackward0", x.Amax(0));
        Check("VarBackward0", x.Var());
        Check("StdBackward0", x.Std());
        Check("LogsumexpBackward0", x.Logsumexp(0));
        Check("CumsumBackward0", x.Cumsum(0));
        Check("CumprodBackward0", x.Cumprod(0));
        Check("NormBackward1", x.Norm());
        Check("NormBackward1", x.Norm(2, 1));
        Check("NormBackward3", x.Norm(dtype: DType.Float64));
        Check("LinalgVectorNormBackward0", Linalg.VectorNorm(x));
        Check("PowBackward0", x.Square());
        Check("PowBackward0", x.Clone().SquareInPlace());
        Check("PowBackward0", x.Pow(2.5));
        Check("ClampBackward1", x.Clamp(0, 1));
        Check("ClampBackward1", x.Clamp(min: 0));
        Check("ClampBackward1", x.Clamp(max: 0));
        Check("ClampBackward1", x.Clone().ClampInPlace(min: 0));
        Check("ClampBackward0", x.Clamp(y, y));
        Check("ClampBackward0", x.Clamp(min: y));
        Check("ClampMinBackward0", x.ClampMin(0));
        Check("ClampMaxBackward1", x.ClampMax(y));
        Check("RemainderBackward0", x.Remainder(2));
        Check("RemainderBackward1", x.Clone().RemainderInPlace(y));
        Check("FmodBackward0", x.Fmod(2));
        Check("FmodBackward1", x.Fmod(y));
        Check("DivBackward2", x.Div(y, "floor"));
        Check("DivBackward2", x.Div(2, "trunc"));
        Check("RollBackward0", x.Roll(1));
        Check("RollBackward0", x.Roll(1, 0));
        Check("RepeatBackward0", x.Repeat(2, 1));
        Check("RepeatBackward0", x.Tile(2));
        Check("ExpBackward0", x.Exp());
        Check("LogBackward0", x.Log());
        Check("SqrtBackward0", x.Sqrt());
        Check("SinBackward0", x.Sin());
        Check("CosBackward0", x.Cos());
        Check("TanhBackward0", x.Tanh());
        Check("SigmoidBackward0", x.Sigmoid());
        Check("ReluBackward0", x.Relu());
        Check("AbsBackward0", x.Abs());
        Check("ErfBackward0", x.Erf());
        Check("RsqrtBackward0", x.Rsqrt());
        Check("ReciprocalBackward0", x.Reciprocal());
        Check("FloorBackward0", x.Floor());
        Check("SoftmaxBackward0", x.Softmax(1));
        Check("LogSoftmaxBackward0", x.LogSoftmax(1));
        Check("GeluBackward0", F.Gelu(x));
        Check("SiluBackward0", F.Silu(x));
        Check("LeakyReluBackward0", F.LeakyRelu(x));
        Check("EluBackward0", F.Elu(x));
        Check("SoftplusBackward0", F.Softplus(x));
        Check("PermuteBackward0", x.T);
        Check("TransposeBackward0", x.Transpose(0, 1));
        Check("PermuteBackward0", b.Permute(2, 0, 1));
        Check("ViewBackward0", x.View(9));
        Check("UnsqueezeBackward0", x.Unsqueeze(0));
        Check("SqueezeBackward1", x.Unsqueeze(0).Squeeze(0));
        Check("SqueezeBackward0", x.Unsqueeze(0).Squeeze());
        Check("ExpandBackward0", x.Expand(2, 3, 3));
        Check("SelectBackward0", x.Select(0, 1));
        Check("SliceBackward0", x.Narrow(0, 0, 2));
        Check("CloneBackward0", x.Clone());
        Check("ToCopyBackward0", x.To(DType.Float64));
        Check("DiagonalBackward0", x.Diagonal());
        Check("CatBackward0", Tensor.Cat([x, y]));
        Check("StackBackward0", Tensor.Stack([x, y]));
        Check("SplitBackward0", x.Split(1)[0]);
        Check("GatherBackward0", x.Gather(0, Tensor.Zeros([1, 3], DType.Int64)));
        Check("IndexSelectBackward0", x.IndexSelect(0, t));
        Check("WhereBackward0", Tensor.Where(x.Gt(1), x, y));
        Check("MaskedFillBackward0", x.MaskedFill(x.Gt(1), 0));
        Check("TrilBackward0", x.Tril());
        Check("FlipBackward0", x.Flip([0]));
        Check("IndexBackward0", x[t]);
        Check("SelectBackward0", x[0]);
        Check("SliceBackward0", x[.., 1..]);
        Check("MseLossBackward0", F.MseLoss(x, y));
        Check("NllLossBackward0", F.CrossEntropy(x, t));
        Check("NllLossBackward0", F.NllLoss(x, t));
        Check("BinaryCrossEntropyBackward0", F.BinaryCrossEntropy(x.Sigmoid(), y.Detach()));
        Check("BinaryCrossEntropyWithLogitsBackward0", F.BinaryCrossEntropyWithLogits(x, y.Detach()));
        Check("SmoothL1LossBackward0", F.SmoothL1Loss(x, y));
        Check("HuberLossBackward0", F.HuberLoss(x, y));
        Check("AddmmBackward0", F.Linear(x, y, v));
        Check("MulBackward0", F.Dropout(x));
        Assert.True(_wrong.Count == 0, string.Join("\n", _wrong));
    }
}
