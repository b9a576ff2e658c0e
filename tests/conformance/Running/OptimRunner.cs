using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace Firesteel.Conformance;

/// <summary>Recorded trajectories of optimizers and schedulers, and their constructor errors.</summary>
public sealed class OptimRunner(Caller caller)
{
    public const string Group = "optim";

    public IEnumerable<Outcome> Run(CaseSource source)
    {
        using var json = JsonDocument.Parse(source.Read("optim/optim.json"));
        using var npz = new NpzArchive(new MemoryStream(source.Read("optim/optim.npz")));
        foreach (var t in json.RootElement.GetProperty("trajectories").EnumerateArray())
            yield return Guard(t.GetProperty("optimizer").GetString()!, t.GetProperty("key").GetString()! + " " + t.GetProperty("kwargs").GetRawText().ReplaceLineEndings(""), () => t.TryGetProperty("losses", out var losses) ? Rosenbrock(t, losses) : Trajectory(t, npz));
        int number = 0;
        foreach (var s in json.RootElement.GetProperty("schedulers").EnumerateArray())
            yield return Guard(s.GetProperty("scheduler").GetString()!, $"#{number++} " + s.GetProperty("kwargs").GetRawText().ReplaceLineEndings(""), () => Schedule(s));
        foreach (var e in json.RootElement.GetProperty("errors").EnumerateArray())
        {
            string text = e.GetProperty("case").GetString()!;
            if (OptimErrors.Skipped(text) is { } why) yield return Outcome.Skip(Group, "errors", text, why);
            else yield return Guard("errors", text, () => new OptimErrors(caller).Check(text));
        }
    }

    private static Outcome Guard(string name, string label, Func<string?> run)
    {
        try
        {
            return run() is { } difference ? Outcome.Fail(Group, name, label, "value", difference) : Outcome.Pass(Group, name, label);
        }
        catch (Exception error)
        {
            return Outcome.Threw(Group, name, label, error);
        }
    }

    private string? Trajectory(JsonElement t, NpzArchive npz)
    {
        string key = t.GetProperty("key").GetString()!, dtype = t.GetProperty("dtype").GetString()!;
        Tensor p0 = Parameter(6, Math.Sin, [3, 2], dtype), p1 = Parameter(4, Math.Cos, [4], dtype);
        object optimizer = New(t.GetProperty("optimizer").GetString()!, [p0, p1], Keywords(t.GetProperty("kwargs")));
        double[] want0 = npz[key + "_p0"].ToDoubles(), want1 = npz[key + "_p1"].ToDoubles();
        var (relative, absolute) = Comparison.Tolerance(dtype);
        for (int step = 0; step < 10; step++)
        {
            SetGradient(p0, step, dtype);
            SetGradient(p1, step, dtype);
            Step(optimizer);
            if (Comparison.RealDifference(Comparison.ToDoubles(Tensors.Elements(p0)), want0[(step * 6)..(step * 6 + 6)], relative, absolute, [3, 2], $"p0 after step {step + 1}") is { } d0) return d0;
            if (Comparison.RealDifference(Comparison.ToDoubles(Tensors.Elements(p1)), want1[(step * 4)..(step * 4 + 4)], relative, absolute, [4], $"p1 after step {step + 1}") is { } d1) return d1;
        }
        return null;
    }

    private string? Rosenbrock(JsonElement t, JsonElement losses)
    {
        var p = Leaf(Tensor.From(new[] { -1.5, 2.0 }, [2]));
        object optimizer = New("LBFGS", [p], Keywords(t.GetProperty("kwargs")));
        int at = 0;
        foreach (var want in losses.EnumerateArray())
        {
            double first = double.NaN;
            // The operations and their order are those of the recording: after the overshoot of step 3 the last bits decide the sixth digit.
            double Closure()
            {
                p.Grad = null;
                var loss = 100 * (p[1] - p[0].Pow(2)).Pow(2) + (1 - p[0]).Pow(2);
                loss.Backward();
                if (double.IsNaN(first)) first = loss.Item();
                return loss.Item();
            }
            StepWith(optimizer, Closure);
            double expected = want.GetDouble();
            if (!Comparison.Close(first, expected, 1e-7, 1e-7)) return string.Create(CultureInfo.InvariantCulture, $"loss at step {at}: {first:R} instead of {expected:R}");
            at++;
        }
        return null;
    }

    private string? Schedule(JsonElement s)
    {
        double[] bases = [.. s.GetProperty("base_lrs").EnumerateArray().Select(x => x.GetDouble())];
        object optimizer = NewWithGroups(bases);
        string name = s.GetProperty("scheduler").GetString()!;
        var type = caller.Table.FindType("Firesteel.Optim." + name) ?? throw new MissingMemberException($"no Firesteel.Optim.{name}");
        object scheduler = (Binder.BindConstructor(type, [TensorValue.Of(optimizer, "", [])], Keywords(s.GetProperty("kwargs")), out string reason) ?? throw new BindingException(reason)).Invoke()!;
        int step = 0;
        foreach (var row in s.GetProperty("lr_hex").EnumerateArray())
        {
            double[] got = LearningRates(optimizer), want = [.. row.EnumerateArray().Select(x => Hex(x.GetString()!))];
            for (int g = 0; g < want.Length; g++)
                if (Math.Abs(got[g] - want[g]) > 8 * double.BitIncrement(Math.Abs(want[g])) * 1.2e-16) return string.Create(CultureInfo.InvariantCulture, $"step {step}, group {g}: learning rate {got[g]:R} instead of {want[g]:R}");
            Step(optimizer);
            Step(scheduler);
            step++;
        }
        return null;
    }

    /// <summary><c>Adam_1_float64_p0</c> -> <c>Adam_1_float64</c>; null for the arrays of final states, which are not compared.</summary>
    public static string? KeyOf(string array) => array.EndsWith("_p0", StringComparison.Ordinal) || array.EndsWith("_p1", StringComparison.Ordinal) ? array[..^3] : null;

    /// <summary>Python's float.hex().</summary>
    public static double Hex(string text)
    {
        bool negative = text.StartsWith('-');
        string body = text.TrimStart('-')[2..];
        int p = body.IndexOf('p');
        string mantissa = body[..p];
        int dot = mantissa.IndexOf('.');
        string digits = dot < 0 ? mantissa : mantissa.Remove(dot, 1);
        double value = Math.ScaleB(ulong.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture), int.Parse(body[(p + 1)..], CultureInfo.InvariantCulture) - 4 * (dot < 0 ? 0 : mantissa.Length - dot - 1));
        return negative ? -value : value;
    }

    public static (string Name, CaseValue Value)[] Keywords(JsonElement kwargs) => [.. kwargs.EnumerateObject().Select(p => (p.Name, CaseValue.Parse(p.Value)))];

    /// <summary>An optimizer over parameters; a list of numbers such as betas binds to a tuple or to beta1, beta2.</summary>
    public object New(string name, IReadOnlyList<Tensor> parameters, IReadOnlyList<(string Name, CaseValue Value)> keywords)
    {
        var type = caller.Table.FindType("Firesteel.Optim." + name) ?? throw new MissingMemberException($"no Firesteel.Optim.{name}");
        var first = new ListValue([.. parameters.Select(p => (CaseValue)Tensors.Describe(p))], false);
        return (Binder.BindConstructor(type, [first], keywords, out string reason) ?? throw new BindingException(reason)).Invoke()!;
    }

    /// <summary>SGD with one parameter group for each learning rate.</summary>
    private object NewWithGroups(double[] lrs)
    {
        object optimizer = New("SGD", [Parameter(1, Math.Sin, [1], "float32")], [("lr", new FloatValue(lrs[0]))]);
        foreach (double lr in lrs[1..]) OptimErrors.AddGroup(optimizer, [Parameter(1, Math.Cos, [1], "float32")], lr);
        return optimizer;
    }

    public static double[] LearningRates(object optimizer)
    {
        var groups = optimizer.GetType().GetProperty("ParamGroups")?.GetValue(optimizer) as IEnumerable ?? throw new MissingMemberException("no Optimizer.ParamGroups");
        var rates = new List<double>();
        foreach (object group in groups)
        {
            var lr = group.GetType().GetProperty("Lr") ?? throw new MissingMemberException($"no {group.GetType().Name}.Lr");
            rates.Add(Convert.ToDouble(lr.GetValue(group), CultureInfo.InvariantCulture));
        }
        return [.. rates];
    }

    public static Tensor Parameter(int n, Func<double, double> f, long[] shape, string dtype) =>
        Leaf(Tensor.From(Enumerable.Range(1, n).Select(i => f(i)).ToArray(), shape).To(Tensors.ParseDType(dtype)));

    /// <summary>A Parameter where Firesteel has that class, so that optimizers that ask for it are content.</summary>
    private static Tensor Leaf(Tensor value)
    {
        if (typeof(Tensor).Assembly.GetType("Firesteel.Nn.Parameter") is { } type && type.IsSubclassOf(typeof(Tensor))
            && Binder.BindConstructor(type, [Tensors.Describe(value)], [], out _) is { } made) return (Tensor)made.Invoke()!;
        value.RequiresGrad = true;
        return value;
    }

    private static void SetGradient(Tensor p, int step, string dtype)
    {
        var values = new double[p.NumElements];
        for (int i = 0; i < values.Length; i++) values[i] = 0.5 * Math.Cos(i + 1 + step) * (step % 3 == 0 ? 2 : 1);
        p.Grad = Tensor.From(values, p.Shape.ToArray()).To(Tensors.ParseDType(dtype));
    }

    private static void Step(object target)
    {
        var method = target.GetType().GetMethods().Where(m => m.Name == "Step" && m.GetParameters().All(p => p.HasDefaultValue)).MinBy(m => m.GetParameters().Length)
            ?? throw new MissingMemberException($"no {target.GetType().Name}.Step()");
        Invoker.Call(method, target, [.. method.GetParameters().Select(p => p.DefaultValue)]);
    }

    private static void StepWith(object optimizer, Func<double> closure)
    {
        foreach (var method in optimizer.GetType().GetMethods().Where(m => m.Name == "Step" && m.GetParameters().Length == 1))
        {
            var type = method.GetParameters()[0].ParameterType;
            object? argument = type == typeof(Func<double>) ? closure
                : type == typeof(Func<Tensor>) ? () => Tensor.From(new[] { closure() }, [1]).Reshape([])
                : type == typeof(Func<float>) ? () => (float)closure() : null;
            if (argument is null) continue;
            Invoker.Call(method, optimizer, [argument]);
            return;
        }
        throw new MissingMemberException($"no {optimizer.GetType().Name}.Step(Func<Tensor> or Func<double>)");
    }
}
