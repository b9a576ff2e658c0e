using System.Reflection;

namespace Firesteel.Conformance;

/// <summary>Bad constructor arguments of optimizers and schedulers, each of which must throw with a message.</summary>
public sealed class OptimErrors(Caller caller)
{
    private readonly OptimRunner _optim = new(caller);

    public static string? Skipped(string text) => text switch
    {
        "params is one tensor" => "a list of parameters is asked for by type",
        "group lacks lr" => "groups always have a learning rate: it is a property",
        "scheduler resumed without initial_lr" => "initial_lr is a property of every group",
        "load_state_dict other group size" => "optimizer state is keyed by parameter name; covered by its own tests",
        _ => null,
    };

    /// <summary>Null when the construction throws as it should.</summary>
    public string? Check(string text)
    {
        Func<object?> bad = text switch
        {
            "same param in two groups" => () =>
            {
                var p = P();
                AddGroup(New("SGD", [p], ("lr", new FloatValue(0.1))), [p], 0.1);
                return null;
            },
            "param is no leaf" => () => New("SGD", [P() * 2], ("lr", new FloatValue(0.1))),
            "Adagrad lr_decay -0.5" => () => New("Adagrad", ("lr_decay", new FloatValue(-0.5))),
            "Adam betas (0,1)" => () => New("Adam", ("betas", Pair(0, 1))),
            "Adam lr -1" => () => New("Adam", ("lr", new FloatValue(-1))),
            "AdamW betas (1,0)" => () => New("AdamW", ("betas", Pair(1, 0))),
            "ASGD weight_decay -0.5" => () => New("ASGD", ("weight_decay", new FloatValue(-0.5))),
            "RAdam betas (1,0)" => () => New("RAdam", ("betas", Pair(1, 0))),
            "Rprop etas (1,0.5)" => () => New("Rprop", ("etas", Pair(1, 0.5))),
            "SGD nesterov without momentum" => () => New("SGD", ("lr", new FloatValue(0.1)), ("nesterov", new BoolValue(true))),
            "LBFGS two groups" => () =>
            {
                AddGroup(New("LBFGS"), [P()], 1);
                return null;
            },
            "OneCycle no total" => () => Scheduler("OneCycleLR", ("max_lr", new FloatValue(0.1))),
            "CyclicLR bad mode" => () => Scheduler("CyclicLR", ("base_lr", new FloatValue(0.1)), ("max_lr", new FloatValue(1)), ("mode", new StringValue("badmode"))),
            "ConstantLR factor 2" => () => Scheduler("ConstantLR", ("factor", new FloatValue(2))),
            "LambdaLR wrong count" => LambdaCount,
            _ => throw new NotSupportedException($"unknown case '{text}'"),
        };
        try
        {
            bad();
        }
        catch (BindingException) when (text == "CyclicLR bad mode")
        {
            return null; // the mode is an enum: a bad one does not compile
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or NotSupportedException)
        {
            return error.Message.Length > 0 ? null : "an exception without a message";
        }
        return "no exception";
    }

    /// <summary>Adds a parameter group in whatever way the optimizer offers: AddParamGroup(group) or AddParamGroup(parameters, lr).</summary>
    public static void AddGroup(object optimizer, IReadOnlyList<Tensor> parameters, double lr)
    {
        var list = new ListValue([.. parameters.Select(p => (CaseValue)Tensors.Describe(p))], false);
        var methods = optimizer.GetType().GetMethods(BindingFlags.Public | BindingFlags.Instance).Where(m => m.Name == "AddParamGroup").ToList();
        if (methods.Count == 0) throw new MissingMemberException($"no {optimizer.GetType().Name}.AddParamGroup");
        var direct = Binder.Bind(methods.Select(m => new Member(m, m.Name)), [TensorValue.Of(optimizer, "", []), list], [("lr", new FloatValue(lr))], out string reason);
        if (direct is not null)
        {
            direct.Invoke();
            return;
        }
        foreach (var method in methods.Where(m => m.GetParameters().Length == 1))
        {
            var type = method.GetParameters()[0].ParameterType;
            var made = type.IsAbstract ? null : Binder.BindConstructor(type, [list], [("lr", new FloatValue(lr))], out reason) ?? Binder.BindConstructor(type, [list], [], out reason);
            if (made is null) continue;
            object group = made.Invoke()!;
            if (type.GetProperty("Lr") is { CanWrite: true } property) property.SetValue(group, property.PropertyType == typeof(double) || property.PropertyType == typeof(double?) ? lr : (float)lr);
            Invoker.Call(method, optimizer, [group]);
            return;
        }
        throw new BindingException(reason);
    }

    private object? LambdaCount()
    {
        var type = caller.Table.FindType("Firesteel.Optim.LambdaLR") ?? throw new MissingMemberException("no Firesteel.Optim.LambdaLR");
        object optimizer = New("SGD", ("lr", new FloatValue(0.1)));
        Func<int, double> f = _ => 1;
        foreach (var constructor in type.GetConstructors())
        {
            var parameters = constructor.GetParameters();
            if (parameters.Length < 2 || Conversion.ElementOf(parameters[1].ParameterType) is not { } element || element == typeof(char)) continue;
            var pair = Array.CreateInstance(element, 2);
            if (!element.IsInstanceOfType(f))
            {
                if (element != typeof(Func<long, double>)) continue;
                Func<long, double> g = _ => 1;
                pair.SetValue(g, 0);
                pair.SetValue(g, 1);
            }
            else
            {
                pair.SetValue(f, 0);
                pair.SetValue(f, 1);
            }
            return Invoker.Call(constructor, null, [optimizer, pair, .. parameters.Skip(2).Select(p => p.DefaultValue)]);
        }
        throw new BindingException("no LambdaLR constructor takes a list of functions");
    }

    private object Scheduler(string name, params (string, CaseValue)[] keywords)
    {
        var type = caller.Table.FindType("Firesteel.Optim." + name) ?? throw new MissingMemberException($"no Firesteel.Optim.{name}");
        object optimizer = New("SGD", ("lr", new FloatValue(0.1)));
        return (Binder.BindConstructor(type, [TensorValue.Of(optimizer, "", [])], keywords, out string reason) ?? throw new BindingException(reason)).Invoke()!;
    }

    private object New(string name, params (string, CaseValue)[] keywords) => New(name, [P()], keywords);

    private object New(string name, Tensor[] parameters, params (string, CaseValue)[] keywords) => _optim.New(name, parameters, keywords);

    private static Tensor P() => OptimRunner.Parameter(2, Math.Sin, [2], "float32");

    private static ListValue Pair(double a, double b) => new([new FloatValue(a), new FloatValue(b)], true);
}
