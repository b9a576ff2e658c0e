using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Firesteel.Conformance;

/// <summary>The recorded uses of one nn class.</summary>
public sealed record ModuleFile(string Key, string Module, ModuleCase[] Cases)
{
    public static ModuleFile Load(CaseSource source, string key)
    {
        using var json = JsonDocument.Parse(source.Read($"modules/{key}.json"));
        using var npz = new NpzArchive(new MemoryStream(source.Read($"modules/{key}.npz")));
        return new ModuleFile(key, json.RootElement.GetProperty("module").GetString()!, [.. json.RootElement.GetProperty("cases").EnumerateArray().Select(c => ModuleCase.Parse(c, name => npz[name]))]);
    }
}

public sealed record ModuleCase(int Number, string Description, bool Training, CaseValue[] CtorArgs, (string Name, CaseValue Value)[] CtorKwargs, (string Name, TensorValue Value)[] State,
    CaseValue[] Args, (string Name, CaseValue Value)[] Kwargs, CaseValue Output, CaseValue[] InputGradients, (string Name, TensorValue Value)[] ParameterGradients, (string Name, TensorValue Value)[]? StateAfter)
{
    public static ModuleCase Parse(JsonElement json, Func<string, NpyArray> arrays)
    {
        CaseValue Value(string name) => CaseValue.Parse(json.GetProperty(name), arrays);
        (string, TensorValue)[]? Named(string name) => json.GetProperty(name) is { ValueKind: JsonValueKind.Object } state
            ? [.. state.EnumerateObject().Select(p => (p.Name, Value: CaseValue.Parse(p.Value, arrays) as TensorValue)).Where(p => p.Value is not null).Select(p => (p.Name, p.Value!))] : null;
        return new ModuleCase(json.GetProperty("number").GetInt32(), json.GetProperty("desc").GetString() ?? "", json.GetProperty("training").GetBoolean(),
            ((ListValue)Value("ctor_args")).Items, ((DictValue)Value("ctor_kwargs")).Items, Named("state_dict") ?? [],
            ((ListValue)Value("fwd_args")).Items, ((DictValue)Value("fwd_kwargs")).Items, Value("output"),
            json.GetProperty("grad_inputs").ValueKind == JsonValueKind.Array ? ((ListValue)Value("grad_inputs")).Items : [], Named("grad_params") ?? [], Named("state_dict_after"));
    }

    public IEnumerable<TensorValue> InputTensors => Args.SelectMany(a => a.Tensors()).Concat(Kwargs.SelectMany(k => k.Value.Tensors()));

    public string Describe() => $"({string.Join(", ", CtorArgs.Select(a => a.ToString()).Concat(CtorKwargs.Select(k => $"{k.Name}={k.Value}")))})({string.Join(", ", Args.Select(a => a.ToString()).Concat(Kwargs.Select(k => $"{k.Name}={k.Value}")))})";
}

/// <summary>Builds each recorded module, loads its state, runs it, and compares outputs, gradients and the state after.</summary>
public sealed class ModuleRunner(Caller caller)
{
    public const string Group = "modules";

    public IEnumerable<Outcome> Run(ModuleFile file) => file.Cases.Select(c => Run(file, c));

    public Outcome Run(ModuleFile file, ModuleCase c)
    {
        string name = file.Key, className = file.Module[(file.Module.LastIndexOf('.') + 1)..];
        string label = $"#{c.Number} {className}{c.Describe()}{(c.Training ? " training" : "")}";
        try
        {
            object module = Build(file, c);
            var inputs = c.InputTensors.ToArray();
            Tensors.Materialise(inputs, gradients: true);
            Rng.ManualSeed(0);
            var actual = Forward(module, c);
            return Compare(c, module, inputs, actual) is { } difference
                ? Outcome.Fail(Group, name, label, difference.StartsWith("gradient", StringComparison.Ordinal) ? "gradient" : OpRunner.Kind(difference), difference)
                : Outcome.Pass(Group, name, label);
        }
        catch (Exception error)
        {
            return Outcome.Threw(Group, name, label, error);
        }
        finally
        {
            foreach (var tensor in c.InputTensors) tensor.Live = null;
        }
    }

    /// <summary>The module of a case, with its state.</summary>
    public object Build(ModuleFile file, ModuleCase c)
    {
        string className = file.Module[(file.Module.LastIndexOf('.') + 1)..];
        var type = caller.Table.FindType("Firesteel.Nn." + className) ?? throw new MissingMemberException($"no Firesteel.Nn.{className}");
        Rng.ManualSeed(0);
        Tensors.Materialise(c.CtorArgs.Concat(c.CtorKwargs.Select(k => k.Value)).SelectMany(a => a.Tensors()), gradients: false);
        object module = (Binder.BindConstructor(type, c.CtorArgs, c.CtorKwargs, out string reason) ?? throw new BindingException(reason)).Invoke()!;
        string dtype = c.State.Select(s => s.Value).Concat(c.InputTensors).FirstOrDefault(t => t.IsFloatingPoint)?.DType ?? "float32";
        Method(module, "To", new DTypeValue(dtype));
        Method(module, "Train", new BoolValue(c.Training));
        Load(module, c.State);
        return module;
    }

    /// <summary>The results of a module, given the live tensors of the case.</summary>
    public static List<object> Forward(object module, ModuleCase c)
    {
        // A module whose forward is not tensor to tensor declares its own; the one of Module only throws.
        var forward = module.GetType().GetMethods(BindingFlags.Public | BindingFlags.Instance).Where(m => m.Name == "Forward" && !m.IsGenericMethodDefinition && m.DeclaringType != typeof(Nn.Module)).Select(m => new Member(m, "Forward"));
        var self = TensorValue.Of(module, "", []);
        var binding = Binder.Bind(forward, [self, .. c.Args], c.Kwargs, out string reason)
            ?? Binder.Bind(forward, [self, .. c.Kwargs.Where(k => k.Name == "input").Select(k => k.Value), .. c.Args], [.. c.Kwargs.Where(k => k.Name != "input")], out reason)
            ?? throw new BindingException(reason);
        return Tensors.Flatten(binding.Invoke());
    }

    private static string? Compare(ModuleCase c, object module, TensorValue[] inputs, List<object> actual)
    {
        var expected = OpRunner.Leaves(c.Output);
        if (actual.Count != expected.Count) return $"output: {actual.Count} results instead of {expected.Count}";
        for (int i = 0; i < expected.Count; i++)
            if (Comparison.Difference(actual[i], expected[i], expected.Count == 1 ? "output" : $"output {i}") is { } difference) return difference;

        var outputs = new List<Tensor>();
        for (int i = 0; i < expected.Count; i++)
        {
            if (expected[i] is not TensorValue { RequiresGrad: true }) continue;
            if (!((Tensor)actual[i]).RequiresGrad) return $"gradient: output {i} does not require a gradient";
            outputs.Add((Tensor)actual[i]);
        }
        if (outputs.Count > 0)
        {
            var parameters = NamedParameters(module);
            var leaves = inputs.Where(t => t.RequiresGrad).Select(t => (Tensor)t.Live!).ToList();
            var wanted = c.InputGradients.Select((g, i) => (Where: $"gradient of input {i}", Want: g)).ToList();
            foreach (var (parameter, want) in c.ParameterGradients)
            {
                if (!parameters.TryGetValue(parameter, out var live)) return $"gradient: no parameter {parameter}; there are {string.Join(", ", parameters.Keys)}";
                leaves.Add(live);
                wanted.Add(($"gradient of {parameter}", want));
            }
            var gradients = GradientsOf.Inputs(outputs, leaves, [.. outputs.Select(Tensors.Cotangent)]);
            for (int i = 0; i < wanted.Count; i++)
                if (wanted[i].Want is TensorValue want && Comparison.Difference(gradients[i], want, wanted[i].Where) is { } difference) return difference;
        }

        if (c.StateAfter is not { } after) return null;
        var state = StateDict(module);
        foreach (var (key, want) in after)
        {
            if (!state.TryGetValue(key, out var live)) return $"state after: no {key}; there are {string.Join(", ", state.Keys)}";
            if (Comparison.Difference(live, want, $"state after, {key}") is { } difference) return difference;
        }
        return null;
    }

    private static void Load(object module, (string Name, TensorValue Value)[] state)
    {
        if (state.Length == 0) return;
        var dictionary = state.ToDictionary(s => s.Name, s => Tensors.Make(s.Value));
        foreach (var method in module.GetType().GetMethods().Where(m => m.Name == "LoadStateDict"))
        {
            var parameters = method.GetParameters();
            if (parameters.Length == 0 || !parameters[0].ParameterType.IsInstanceOfType(dictionary) || parameters.Skip(1).Any(p => !p.HasDefaultValue)) continue;
            Invoker.Call(method, module, [dictionary, .. parameters.Skip(1).Select(p => p.DefaultValue)]);
            return;
        }
        throw new MissingMemberException("no LoadStateDict(Dictionary<string, Tensor>) on the module");
    }

    private static void Method(object module, string name, params CaseValue[] arguments)
    {
        var members = module.GetType().GetMethods(BindingFlags.Public | BindingFlags.Instance).Where(m => m.Name == name && !m.IsGenericMethodDefinition).Select(m => new Member(m, name)).ToList();
        // Methods that return the module in its own type are generic extensions.
        members.AddRange(typeof(Nn.ModuleExtensions).GetMethods().Where(m => m.Name == name && m.IsGenericMethodDefinition).Select(m => new Member(m.MakeGenericMethod(module.GetType()), name)));
        if (members.Count == 0) throw new MissingMemberException($"no {name} on {module.GetType().Name}");
        (Binder.Bind(members, [TensorValue.Of(module, "", []), .. arguments], [], out string reason) ?? throw new BindingException(reason)).Invoke();
    }

    public static Dictionary<string, Tensor> NamedParameters(object module) => Named(Zero(module, "NamedParameters"));

    public static Dictionary<string, Tensor> StateDict(object module) => Named(Zero(module, "StateDict"));

    private static object? Zero(object module, string name)
    {
        var method = module.GetType().GetMethods(BindingFlags.Public | BindingFlags.Instance).Where(m => m.Name == name && m.GetParameters().All(p => p.HasDefaultValue)).MinBy(m => m.GetParameters().Length)
            ?? throw new MissingMemberException($"no {name}() on {module.GetType().Name}");
        return Invoker.Call(method, module, [.. method.GetParameters().Select(p => p.DefaultValue)]);
    }

    /// <summary>Pairs of name and tensor, whether they come as tuples or as dictionary entries.</summary>
    private static Dictionary<string, Tensor> Named(object? pairs)
    {
        var named = new Dictionary<string, Tensor>();
        foreach (object? pair in (IEnumerable)pairs!)
        {
            if (pair is ITuple { Length: 2 } tuple) named[(string)tuple[0]!] = (Tensor)tuple[1]!;
            else named[(string)pair!.GetType().GetProperty("Key")!.GetValue(pair)!] = (Tensor)pair.GetType().GetProperty("Value")!.GetValue(pair)!;
        }
        return named;
    }
}
