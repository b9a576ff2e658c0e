using System.Reflection;
using System.Runtime.CompilerServices;

namespace Firesteel.Conformance;

/// <summary>A method with the arguments it would be called with, and how natural they are.</summary>
public sealed record Binding(MethodBase Method, object? Instance, object?[] Arguments, double Cost)
{
    public object? Invoke() => Invoker.Call(Method, Instance, Arguments);
}

/// <summary>Matches recorded arguments with the parameters of overloads and picks the best match.</summary>
public static class Binder
{
    /// <summary>Keywords that choose where a tensor lives or how it is laid out; an overload without them is no worse for it.</summary>
    private static readonly HashSet<string> Placement = ["device", "memory_format", "layout", "pin_memory", "non_blocking"];

    /// <summary>Keywords that add results to a call in Python; C# cannot change a result type by a value, so false means "the overload without".</summary>
    private static readonly HashSet<string> Switches = ["return_indices", "as_tuple", "return_inverse", "return_counts", "need_attn_weights", "return_complex", "requires_grad", "get_infos"];

    /// <summary>The best overload among members of one name. On failure says why the nearest one does not fit.</summary>
    public static Binding? Bind(IEnumerable<Member> members, IReadOnlyList<CaseValue> positional, IReadOnlyList<(string Name, CaseValue Value)> keywords, out string reason)
    {
        Binding? best = null;
        var reasons = new List<string>();
        foreach (var member in members)
        {
            object? instance = null;
            IReadOnlyList<CaseValue> rest = positional;
            if (member.IsInstance)
            {
                if (positional is not [TensorValue { Live: { } live }, ..] || !member.Method.DeclaringType!.IsInstanceOfType(live)) continue;
                instance = live;
                rest = [.. positional.Skip(1)];
            }
            var bound = BindOne(member.Method, member.Parameters, rest, keywords, out string why);
            if (bound is null) reasons.Add($"{Signature(member.Method)}: {why}");
            else if (best is null || bound.Value.Cost < best.Cost) best = new Binding(member.Method, instance, bound.Value.Arguments, bound.Value.Cost);
        }
        reason = reasons.Count == 0 ? "no overload takes the first argument" : string.Join(" | ", reasons.Take(3));
        return best;
    }

    /// <summary>The best constructor of a type.</summary>
    public static Binding? BindConstructor(Type type, IReadOnlyList<CaseValue> positional, IReadOnlyList<(string Name, CaseValue Value)> keywords, out string reason)
    {
        Binding? best = null;
        var reasons = new List<string>();
        foreach (var constructor in type.GetConstructors())
        {
            var bound = BindOne(constructor, constructor.GetParameters(), positional, keywords, out string why);
            if (bound is null) reasons.Add($"{Signature(constructor)}: {why}");
            else if (best is null || bound.Value.Cost < best.Cost) best = new Binding(constructor, null, bound.Value.Arguments, bound.Value.Cost);
        }
        reason = string.Join(" | ", reasons.Take(3));
        return best;
    }

    private static (object?[] Arguments, double Cost)? BindOne(MethodBase method, ParameterInfo[] parameters, IReadOnlyList<CaseValue> positional, IReadOnlyList<(string Name, CaseValue Value)> keywords, out string why)
    {
        var arguments = new object?[parameters.Length];
        var taken = new bool[parameters.Length];
        double cost = parameters.Length * 0.001;
        why = "";

        int count = positional.Count;
        while (count > parameters.Length && positional[count - 1] is NoneValue) count--;
        int p = 0;
        for (int i = 0; i < count; i++, p++)
        {
            if (p >= parameters.Length)
            {
                if (positional[i] is NoneValue or TorchValue) continue;
                why = $"{positional.Count} positional arguments, {parameters.Length} parameters";
                return null;
            }
            bool variadic = IsVariadic(parameters[p]);
            if (variadic && (count - i > 1 || positional[i] is not (ListValue or NoneValue)))
            {
                // f(a, b, c) with `params`: the rest are elements.
                var rest = new ListValue([.. positional.Skip(i).Take(count - i)], isTuple: true);
                if (Conversion.To(rest, parameters[p].ParameterType) is { } all)
                {
                    arguments[p] = all.Value;
                    taken[p] = true;
                    cost += all.Cost;
                    break;
                }
            }
            if (positional[i] is NoneValue && parameters[p].ParameterType.IsValueType && Nullable.GetUnderlyingType(parameters[p].ParameterType) is null && parameters[p].HasDefaultValue)
            {
                cost += 1;
                continue; // the default stands in for None
            }
            if (Conversion.To(positional[i], parameters[p].ParameterType) is not { } converted)
            {
                why = $"argument {i} ({positional[i].Kind}) is no {ShortName(parameters[p].ParameterType)} {parameters[p].Name}";
                return null;
            }
            arguments[p] = converted.Value;
            taken[p] = true;
            cost += converted.Cost;
        }

        foreach (var (name, value) in keywords)
        {
            int at = Array.FindIndex(parameters, x => SameName(x.Name!, name));
            if (at < 0 || taken[at])
            {
                if (at < 0 && (value is NoneValue || Placement.Contains(name) || Switches.Contains(name) && value is BoolValue { Value: false })) continue;
                why = at < 0 ? $"no parameter '{name}'" : $"'{name}' given twice";
                return null;
            }
            if (value is NoneValue && !Takes(parameters[at].ParameterType) && parameters[at].HasDefaultValue)
            {
                cost += 1;
                continue;
            }
            if (Conversion.To(value, parameters[at].ParameterType) is not { } converted)
            {
                if (Placement.Contains(name)) continue;
                why = $"{name} ({value.Kind}) is no {ShortName(parameters[at].ParameterType)}";
                return null;
            }
            arguments[at] = converted.Value;
            taken[at] = true;
            cost += converted.Cost;
        }

        for (int i = 0; i < parameters.Length; i++)
        {
            if (taken[i]) continue;
            var type = parameters[i].ParameterType;
            if (Conversion.SpanElement(type) is { } element && (IsVariadic(parameters[i]) || parameters[i].HasDefaultValue)) arguments[i] = Array.CreateInstance(element, 0);
            else if (IsVariadic(parameters[i])) arguments[i] = type.IsArray ? Array.CreateInstance(type.GetElementType()!, 0) : null;
            else if (parameters[i].HasDefaultValue) arguments[i] = Default(parameters[i]);
            else
            {
                why = $"nothing for parameter '{parameters[i].Name}'";
                return null;
            }
            cost += 0.01;
        }
        return (arguments, cost);
    }

    private static bool Takes(Type type) => !type.IsValueType || Nullable.GetUnderlyingType(type) is not null;

    private static object? Default(ParameterInfo parameter)
    {
        object? value = parameter.DefaultValue;
        var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        if (value is null) return parameter.ParameterType.IsValueType && Nullable.GetUnderlyingType(parameter.ParameterType) is null ? Activator.CreateInstance(parameter.ParameterType) : null;
        return type.IsEnum && value.GetType() != type ? Enum.ToObject(type, value) : value;
    }

    private static bool IsVariadic(ParameterInfo parameter) => parameter.IsDefined(typeof(ParamArrayAttribute), false) || parameter.IsDefined(typeof(ParamCollectionAttribute), false);

    /// <summary><c>label_smoothing</c> is <c>labelSmoothing</c>; <c>lambd</c> may be spelled <c>lambda</c>.</summary>
    public static bool SameName(string csharp, string python) =>
        string.Equals(csharp.Replace("_", "", StringComparison.Ordinal), python.Replace("_", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase);

    public static string Signature(MethodBase method) =>
        $"{(method is ConstructorInfo ? method.DeclaringType!.Name : method.Name)}({string.Join(", ", method.GetParameters().Select(p => $"{ShortName(p.ParameterType)} {p.Name}"))})";

    public static string ShortName(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner) return ShortName(inner) + "?";
        if (!type.IsGenericType) return type.Name;
        return $"{type.Name[..type.Name.IndexOf('`')]}<{string.Join(", ", type.GetGenericArguments().Select(ShortName))}>";
    }
}
