using Firesteel.Nn;
using Firesteel.Optim;

namespace Firesteel.Workloads;

/// <summary>Something that both sides do step by step.</summary>
internal sealed class Workload
{
    /// <summary>All workloads in the order of the table. Each builds data and model from a seed in the order that peer.py draws in.</summary>
    public static readonly Dictionary<string, Func<Workload>> All = new()
    {
        ["widenet"] = WideNetWorkload.Build,
        ["twolayer"] = TwoLayerWorkload.Build,
        ["moons"] = MoonsWorkload.Build,
        ["logistic"] = LogisticWorkload.Build,
        ["mlp"] = MlpWorkload.Build,
        ["cnn"] = CnnWorkload.Build,
        ["lstm"] = LstmWorkload.Build,
        ["gpt_nano"] = GptWorkload.Nano,
        ["gpt_mini"] = GptWorkload.Mini,
        ["resnet18"] = ResNetWorkload.Build,
        ["mlp_infer"] = MlpWorkload.Inference,
        ["resnet18_infer"] = ResNetWorkload.Inference,
        ["gpt_mini_generate"] = GptWorkload.Generation,
        ["loader"] = LoaderWorkload.Build,
    };

    /// <summary>Whether steps are captured; set before a workload is built.</summary>
    public static bool Captured { get; set; }

    /// <summary>The captured step, if steps are captured.</summary>
    public Compiled? Compiled { get; private init; }

    private Workload(Func<double> step, Module? model, double bytes) => (Step, Model, Bytes) = (step, model, bytes);

    /// <summary>Does a step and returns its loss.</summary>
    public Func<double> Step { get; }

    public Module? Model { get; }

    /// <summary>What a step must move at least: parameters, gradients and the optimizer's state, each read once and written once; for inference the parameters.</summary>
    public double Bytes { get; }

    /// <summary>Multiply-adds times two of one forward outside Linear, convolutions and recurrent layers.</summary>
    public double ForwardFlops { get; init; }

    /// <summary>One step of training: gradients cleared, forward, loss, backward, optimizer.</summary>
    public static Workload Training(Module model, Tensor x, Tensor y, Func<Tensor, Tensor, Tensor> loss, Optimizer optimizer, double forwardFlops = 0)
    {
        int states = optimizer is SGD ? 1 : 2;
        var captured = Captured ? Compiler.Compile(Step) : null;
        return new(() => (captured is null ? Step(x, y) : captured.Run(x, y)).Item(), model, 2.0 * (2 + states) * ParameterBytes(model)) { ForwardFlops = forwardFlops, Compiled = captured };

        Tensor Step(Tensor x, Tensor y)
        {
            optimizer.ZeroGrad();
            var value = loss(model.Forward(x), y);
            value.Backward();
            optimizer.Step();
            return value;
        }
    }

    /// <summary>One forward of a model in evaluation; the "loss" is the largest output.</summary>
    public static Workload Inferring(Module model, Tensor x)
    {
        model.Eval();
        var captured = Captured ? Compiler.Compile(Largest) : null;
        return new(() => (captured is null ? Largest(x) : captured.Run(x)).Item(), model, ParameterBytes(model)) { Compiled = captured };

        Tensor Largest(Tensor x)
        {
            using (Autograd.NoGrad()) return model.Forward(x).Max();
        }
    }

    /// <summary>One step of a model in evaluation that is not one forward; reads all parameters.</summary>
    public static Workload Inferring(Module model, Func<double> step, Compiled? captured = null) => new(step, model, ParameterBytes(model)) { Compiled = captured };

    /// <summary>Something without a model.</summary>
    public static Workload Other(Func<double> step, double bytes) => new(step, null, bytes);

    private static double ParameterBytes(Module model) => model.Parameters().Sum(static p => (double)p.Numel() * p.DType.ItemSize());
}
