using System.Text.Json;
using Firesteel.Io;
using Firesteel.Nn;
using Firesteel.Optim;
using Xunit.Abstractions;

namespace Firesteel.Tests.Optim;

/// <summary>Training that begins in PyTorch and goes on here, and the reverse: the losses (and learning rates) are those of a run that never changed sides.</summary>
public sealed class ContinuedRunTests(ITestOutputHelper output) : IDisposable
{
    /// <summary>Optimizer and scheduler for <c>p</c> and <c>o</c>, as Python and here.</summary>
    private sealed record Case(string Name, string Python, Func<IEnumerable<Tensor>, Optimizer> Make, string PythonScheduler = "", Func<Optimizer, object>? MakeScheduler = null);

    private const string Sgd = "SGD(p, lr=0.5, momentum=0.9)";

    private static readonly Case[] s_cases =
    [
        new("sgd", "SGD(p, lr=0.5)", static p => new SGD(p, lr: 0.5)),
        new("sgd_momentum", "SGD(p, lr=0.2, momentum=0.9, nesterov=True, weight_decay=0.01)", static p => new SGD(p, lr: 0.2, momentum: 0.9, nesterov: true, weightDecay: 0.01)),
        new("adam", "Adam(p, lr=0.05)", static p => new Adam(p, lr: 0.05)),
        new("adam_amsgrad", "Adam(p, lr=0.05, betas=(0.8, 0.9), amsgrad=True, weight_decay=0.01)", static p => new Adam(p, lr: 0.05, betas: (0.8, 0.9), amsgrad: true, weightDecay: 0.01)),
        new("adamw", "AdamW(p, lr=0.05, weight_decay=0.1)", static p => new AdamW(p, lr: 0.05, weightDecay: 0.1)),
        new("adamax", "Adamax(p, lr=0.05)", static p => new Adamax(p, lr: 0.05)),
        new("nadam", "NAdam(p, lr=0.05)", static p => new NAdam(p, lr: 0.05)),
        new("radam", "RAdam(p, lr=0.05)", static p => new RAdam(p, lr: 0.05)),
        new("rmsprop", "RMSprop(p, lr=0.05, momentum=0.5, centered=True)", static p => new RMSprop(p, lr: 0.05, momentum: 0.5, centered: true)),
        new("adagrad", "Adagrad(p, lr=0.1, lr_decay=0.05, initial_accumulator_value=0.1)", static p => new Adagrad(p, lr: 0.1, lrDecay: 0.05, initialAccumulatorValue: 0.1)),
        new("adadelta", "Adadelta(p, lr=2.0)", static p => new Adadelta(p, lr: 2)),
        new("asgd", "ASGD(p, lr=0.2, lambd=0.01, t0=3)", static p => new ASGD(p, lr: 0.2, lambd: 0.01, t0: 3)),
        new("rprop", "Rprop(p, lr=0.02)", static p => new Rprop(p, lr: 0.02)),
        new("lbfgs", "LBFGS(p, lr=0.5, max_iter=3, history_size=4)", static p => new LBFGS(p, lr: 0.5, maxIter: 3, historySize: 4)),
        new("lbfgs_wolfe", "LBFGS(p, max_iter=4, line_search_fn='strong_wolfe')", static p => new LBFGS(p, maxIter: 4, lineSearchFn: "strong_wolfe")),
        // The settings of a state replace those of whoever loads it.
        new("other_settings", "Adam(p, lr=0.05, betas=(0.7, 0.8), eps=1e-3)", static p => new Adam(p, lr: 0.05, betas: (0.7, 0.8), eps: 1e-3)),

        Scheduled("step", "StepLR(o, 2, gamma=0.5)", static o => new StepLR(o, 2, gamma: 0.5)),
        Scheduled("multi_step", "MultiStepLR(o, [2, 6, 6], gamma=0.3)", static o => new MultiStepLR(o, [2, 6, 6], gamma: 0.3)),
        Scheduled("constant", "ConstantLR(o, 0.25, total_iters=7)", static o => new ConstantLR(o, 0.25, totalIters: 7)),
        Scheduled("linear", "LinearLR(o, 0.25, 0.8, total_iters=8)", static o => new LinearLR(o, 0.25, 0.8, totalIters: 8)),
        Scheduled("exponential", "ExponentialLR(o, 0.8)", static o => new ExponentialLR(o, 0.8)),
        Scheduled("polynomial", "PolynomialLR(o, total_iters=8, power=1.5)", static o => new PolynomialLR(o, totalIters: 8, power: 1.5)),
        Scheduled("cosine", "CosineAnnealingLR(o, 4, eta_min=0.02)", static o => new CosineAnnealingLR(o, 4, etaMin: 0.02)),
        Scheduled("restarts", "CosineAnnealingWarmRestarts(o, 2, T_mult=2, eta_min=0.01)", static o => new CosineAnnealingWarmRestarts(o, 2, tMult: 2, etaMin: 0.01)),
        Scheduled("cyclic", "CyclicLR(o, 0.01, 0.2, step_size_up=3, mode='triangular2')", static o => new CyclicLR(o, 0.01, 0.2, stepSizeUp: 3, mode: "triangular2")),
        Scheduled("one_cycle", "OneCycleLR(o, 0.5, total_steps=12, three_phase=True, anneal_strategy='linear')", static o => new OneCycleLR(o, 0.5, totalSteps: 12, threePhase: true, annealStrategy: "linear")),
        Scheduled("lambda", "LambdaLR(o, lambda e: 1 / (e + 1))", static o => new LambdaLR(o, static e => 1.0 / (e + 1))),
        Scheduled("multiplicative", "MultiplicativeLR(o, lambda e: 0.9)", static o => new MultiplicativeLR(o, static _ => 0.9)),
        Scheduled("sequential", "SequentialLR(o, [ConstantLR(o, 0.1, total_iters=2), ExponentialLR(o, 0.9), StepLR(o, 2)], [3, 7])", static o => new SequentialLR(o, [new ConstantLR(o, 0.1, totalIters: 2), new ExponentialLR(o, 0.9), new StepLR(o, 2)], [3, 7])),
        Scheduled("chained", "ChainedScheduler([ConstantLR(o, 0.1, total_iters=7), ExponentialLR(o, 0.9)])", static o => new ChainedScheduler(new ConstantLR(o, 0.1, totalIters: 7), new ExponentialLR(o, 0.9))),
        Scheduled("plateau", "ReduceLROnPlateau(o, patience=1, factor=0.5, threshold=0.2, cooldown=1)", static o => new ReduceLROnPlateau(o, patience: 1, factor: 0.5, threshold: 0.2, cooldown: 1)),
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static Case Scheduled(string name, string python, Func<Optimizer, object> make) => new(name, Sgd, static p => new SGD(p, lr: 0.5, momentum: 0.9), python, make);

    [PythonFact("torch")]
    public void FromPyTorch()
    {
        WriteCases();
        PtPythonTests.RunScript("continue_runs.py", "begin", _folder.Path);
        Check(run =>
        {
            var saved = (OrderedDictionary<string, object>)Pt.Load(_folder.File(run.Name + ".pt"))!;
            var (parameters, optimizer, scheduler) = Begin(run, ((List<object?>)saved["parameters"]).Cast<Tensor>(), otherSettings: run.Name == "other_settings");
            optimizer.LoadStateDict((OrderedDictionary<string, object>)saved["optimizer"]);
            (scheduler as IStateful)?.LoadStateDict((OrderedDictionary<string, object>)saved["scheduler"]);
            return Run(parameters, optimizer, scheduler, 5);
        });
    }

    [PythonFact("torch")]
    public void ToPyTorch()
    {
        WriteCases();
        var losses = new Dictionary<string, double[]>();
        foreach (var run in s_cases)
        {
            var (parameters, optimizer, scheduler) = Begin(run, [Tensor.Linspace(-1, 1, 12, dtype: DType.Float64).Reshape(4, 3), Tensor.Zeros([3], DType.Float64)]);
            Run(parameters, optimizer, scheduler, 5);
            var saved = new Dictionary<string, object> { ["parameters"] = parameters, ["optimizer"] = optimizer.StateDict() };
            if (scheduler is IStateful stateful) saved["scheduler"] = stateful.StateDict();
            Pt.Save(saved, _folder.File(run.Name + ".pt"));
            losses[run.Name] = Run(parameters, optimizer, scheduler, 5);
        }
        PtPythonTests.RunScript("continue_runs.py", "go_on", _folder.Path);
        Check(run => losses[run.Name]);
    }

    private void WriteCases() => File.WriteAllText(_folder.File("cases.json"), JsonSerializer.Serialize(s_cases.Select(static c => new { name = c.Name, optimizer = c.Python, scheduler = c.PythonScheduler })));

    private void Check(Func<Case, double[]> here)
    {
        var wrong = new List<string>();
        foreach (var run in s_cases)
        {
            double[] there = [.. JsonDocument.Parse(File.ReadAllText(_folder.File(run.Name + ".json"))).RootElement.GetProperty("losses").EnumerateArray().Select(static n => n.GetDouble())];
            double[] losses = here(run);
            double difference = losses.Zip(there, static (a, b) => Math.Abs(a - b) / Math.Abs(b)).Max();
            output.WriteLine($"{run.Name}: largest relative difference {difference:E1}");
            if (!(difference < 1e-6) || losses.Length != there.Length) wrong.Add($"{run.Name}: {string.Join(", ", losses)} instead of {string.Join(", ", there)}");
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static (Parameter[] Parameters, Optimizer Optimizer, object? Scheduler) Begin(Case run, IEnumerable<Tensor> values, bool otherSettings = false)
    {
        Parameter[] parameters = [.. values.Select(static v => new Parameter(v.Detach().Clone()))];
        var optimizer = otherSettings ? new Adam(parameters, lr: 7) : run.Make(parameters);
        return (parameters, optimizer, run.MakeScheduler?.Invoke(optimizer));
    }

    /// <summary>The same as in continue_runs.py.</summary>
    private static double[] Run(Parameter[] parameters, Optimizer optimizer, object? scheduler, int steps)
    {
        var x = Tensor.Arange(40).To(DType.Float64).Sin().Reshape(10, 4);
        var y = Tensor.Arange(30).To(DType.Float64).Cos().Reshape(10, 3);
        var losses = new List<double>();
        for (int i = 0; i < steps; i++)
        {
            losses.Add(optimizer.Step(() =>
            {
                optimizer.ZeroGrad();
                var loss = ((x.Matmul(parameters[0]) + parameters[1]).Tanh() - y).Pow(2).Mean();
                loss.Backward();
                return loss;
            }).Item());
            if (scheduler is ReduceLROnPlateau plateau) plateau.Step(losses[^1]);
            else (scheduler as LRScheduler)?.Step();
            if (scheduler is not null) losses.Add(optimizer.ParamGroups[0].Lr);
        }
        return [.. losses];
    }
}
