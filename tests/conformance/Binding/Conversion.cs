using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Firesteel.Conformance;

/// <summary>Turns a recorded value into an argument of a C# type, and says how natural that is: 0 is exact, larger is worse, null is impossible.</summary>
public static class Conversion
{
    /// <summary>A converted argument. Spans travel as arrays; the <see cref="Invoker"/> makes spans of them.</summary>
    public readonly record struct Converted(object? Value, double Cost);

    public static Converted? To(CaseValue value, Type type)
    {
        if (type.IsByRef) type = type.GetElementType()!;
        if (Nullable.GetUnderlyingType(type) is { } inner) return value is NoneValue ? new(null, 0) : To(value, inner);
        if (SpanElement(type) is { } spanElement) return value is NoneValue ? new(Array.CreateInstance(spanElement, 0), 1) : ToArray(value, spanElement);

        switch (value)
        {
            case NoneValue: return type.IsValueType ? null : new(null, 0);
            case TensorValue tensor: return FromTensor(tensor, type);
            case IntValue integer: return FromLong(integer.Value, type) ?? FromItem(value, type);
            case FloatValue real: return FromDouble(real.Value, type) ?? FromItem(value, type);
            case BoolValue logical: return FromBool(logical.Value, type) ?? FromItem(value, type);
            case StringValue text: return FromString(text.Value, type);
            case DTypeValue dtype: return type == typeof(DType) ? Enum.TryParse<DType>(dtype.Name, true, out var d) ? new(d, 0) : null : null;
            case ListValue list: return FromList(list, type);
            case SliceValue slice: return FromSlice(slice, type);
            case UnknownValue unknown: return FromRepr(unknown, type);
            case TorchValue constant when type.IsEnum: return FromString(constant.Name[(constant.Name.LastIndexOf('.') + 1)..], type);
            default: return null;
        }
    }

    private static Converted? FromTensor(TensorValue tensor, Type type)
    {
        if (tensor.Live is { } live && type.IsInstanceOfType(live)) return new(live, type == typeof(object) ? 5 : 0);
        if (type.IsAssignableFrom(typeof(Tensor))) return new(tensor.Live, type == typeof(object) ? 5 : 0);
        if (tensor.Shape.Length == 0 && tensor.Data is { IsComplex: false } data && !tensor.RequiresGrad)
        {
            // A 0-d tensor where C# asks for a number: narrow(dim, start: tensor, length).
            CaseValue number = tensor.IsFloatingPoint ? new FloatValue(data.ToDoubles()[0]) : tensor.DType == "bool" ? new BoolValue((bool)data.Data!.GetValue(0)!) : new IntValue(data.ToLongs()[0]);
            if (type.IsPrimitive || type == typeof(Scalar)) return To(number, type) is { } c ? new(c.Value, c.Cost + 40) : null;
        }
        if (ElementOf(type) is not null) return ToArray(tensor, ElementOf(type)!) is { } array ? new(array.Value, array.Cost + 10) : null;
        return Implicit(type, (tensor.Live, typeof(Tensor), 4));
    }

    private static Converted? FromLong(long value, Type type)
    {
        if (type == typeof(long)) return new(value, 0);
        if (type == typeof(int)) return value is >= int.MinValue and <= int.MaxValue ? new((int)value, 1) : null;
        if (type == typeof(Scalar)) return new((Scalar)value, 2);
        if (type == typeof(double)) return new((double)value, 3);
        if (type == typeof(float)) return new((float)value, 4);
        if (type == typeof(ulong) && value >= 0) return new((ulong)value, 4);
        if (type == typeof(object)) return new(value, 8);
        if (type.IsEnum || type == typeof(bool) || type == typeof(Tensor)) return null;
        return Implicit(type, (value, typeof(long), 6), ((int)Math.Clamp(value, int.MinValue, int.MaxValue), typeof(int), 7), ((double)value, typeof(double), 9));
    }

    private static Converted? FromDouble(double value, Type type)
    {
        if (type == typeof(double)) return new(value, 0);
        if (type == typeof(float)) return new((float)value, 1);
        if (type == typeof(Scalar)) return new((Scalar)value, 1);
        if (type == typeof(object)) return new(value, 8);
        return type.IsPrimitive || type.IsEnum || type == typeof(Tensor) ? null : Implicit(type, (value, typeof(double), 6));
    }

    private static Converted? FromBool(bool value, Type type)
    {
        if (type == typeof(bool)) return new(value, 0);
        if (type == typeof(Scalar)) return new((Scalar)value, 1);
        if (type == typeof(long)) return new(value ? 1L : 0L, 8);
        if (type == typeof(double)) return new(value ? 1.0 : 0.0, 9);
        return type.IsPrimitive || type.IsEnum || type == typeof(Tensor) ? null : Implicit(type, (value, typeof(bool), 6));
    }

    private static Converted? FromString(string text, Type type)
    {
        if (type == typeof(string)) return new(text, 0);
        if (type.IsEnum)
        {
            string wanted = text.Replace("_", "", StringComparison.Ordinal);
            foreach (string name in Enum.GetNames(type))
                if (string.Equals(name, wanted, StringComparison.OrdinalIgnoreCase)) return new(Enum.Parse(type, name), 0);
            return null;
        }
        // A device or another constant by name: Device.Cpu.
        var constant = type.GetProperties(BindingFlags.Public | BindingFlags.Static).FirstOrDefault(p => p.PropertyType == type && string.Equals(p.Name, text, StringComparison.OrdinalIgnoreCase));
        if (constant is not null) return new(constant.GetValue(null), 0);
        if (type.GetMethod("Parse", BindingFlags.Public | BindingFlags.Static, [typeof(string)]) is { } parse && parse.ReturnType == type) return new(parse.Invoke(null, [text]), 1);
        return Implicit(type, (text, typeof(string), 3));
    }

    private static Converted? FromSlice(SliceValue slice, Type type)
    {
        if (slice.Step is not null and not 1) return null;
        var range = new Range(ToIndex(slice.Start ?? 0), slice.Stop is { } stop ? ToIndex(stop) : ^0);
        return type == typeof(Range) ? new(range, 0) : Implicit(type, (range, typeof(Range), 2));
    }

    private static Index ToIndex(long value) => value < 0 ? ^(int)-value : (int)value;

    private static Converted? FromList(ListValue list, Type type)
    {
        if (type.IsGenericType && typeof(ITuple).IsAssignableFrom(type) && type.IsValueType) return FromTuple(list, type);
        if (ElementOf(type) is { } element && ToArray(list, element) is { } array)
        {
            if (type.IsInstanceOfType(array.Value)) return array;
            if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(List<>)) return new(Activator.CreateInstance(type, array.Value), array.Cost);
        }
        foreach (var (arrayType, cost) in new[] { (typeof(long), 1.0), (typeof(int), 2.0), (typeof(double), 4.0), (typeof(Tensor), 1.0) })
        {
            if (type.IsPrimitive || type == typeof(string) || type == typeof(Tensor) || type == typeof(Scalar)) break;
            if (ToArray(list, arrayType) is { } items && Implicit(type, (items.Value, arrayType.MakeArrayType(), cost)) is { } made) return made;
        }
        if (ImplicitFromTuple(list, type) is { } fromTuple) return fromTuple;
        // (3,) where C# asks for one number: PyTorch's one-dimensional pools take both.
        if (list.Items is [IntValue or FloatValue or BoolValue] && (type.IsPrimitive || type == typeof(Scalar)) && To(list.Items[0], type) is { } one) return new(one.Value, one.Cost + 5);
        return null;
    }

    private static Converted? FromTuple(ListValue list, Type type)
    {
        var types = type.GetGenericArguments();
        if (types.Length != list.Items.Length) return null;
        var items = new object?[types.Length];
        double cost = 0;
        for (int i = 0; i < types.Length; i++)
        {
            if (To(list.Items[i], types[i]) is not { } item) return null;
            items[i] = item.Value;
            cost += item.Cost;
        }
        return new(Activator.CreateInstance(type, items), cost);
    }

    private static Converted? ImplicitFromTuple(ListValue list, Type type)
    {
        foreach (var method in type.GetMethods(BindingFlags.Public | BindingFlags.Static))
        {
            if (method.Name != "op_Implicit" || method.ReturnType != type || method.GetParameters() is not [{ ParameterType: var from }]) continue;
            if (typeof(ITuple).IsAssignableFrom(from) && from.IsValueType && FromTuple(list, from) is { } tuple) return new(method.Invoke(null, [tuple.Value]), tuple.Cost + 1);
        }
        return null;
    }

    /// <summary>One number where C# asks for a list or a tuple of them (<c>kernel_size=3</c>).</summary>
    private static Converted? FromItem(CaseValue value, Type type)
    {
        if (ElementOf(type) is { } element && ToArray(value, element) is { } array && type.IsInstanceOfType(array.Value)) return new(array.Value, array.Cost);
        if (type.IsGenericType && typeof(ITuple).IsAssignableFrom(type) && type.IsValueType)
            return FromTuple(new ListValue([.. Enumerable.Repeat(value, type.GetGenericArguments().Length)], true), type) is { } tuple ? new(tuple.Value, tuple.Cost + 6) : null;
        return null;
    }

    /// <summary>An array of the given element type; a single value becomes an array of one.</summary>
    private static Converted? ToArray(CaseValue value, Type element)
    {
        if (value is TensorValue { Shape.Length: 1, RequiresGrad: false, IsFloatingPoint: false, Data: { } data } && element == typeof(long)) return new(data.ToLongs(), 30);
        var items = value is ListValue list ? list.Items : [value];
        var array = Array.CreateInstance(element, items.Length);
        double cost = value is ListValue ? 0.5 : 5;
        for (int i = 0; i < items.Length; i++)
        {
            if (To(items[i], element) is not { } item) return null;
            array.SetValue(item.Value, i);
            cost += item.Cost;
        }
        return new(array, cost);
    }

    private static Converted? FromRepr(UnknownValue value, Type type)
    {
        if (!value.Json.Contains("PairwiseDistance()", StringComparison.Ordinal) || type != typeof(Func<Tensor, Tensor, Tensor>)) return null;
        if (typeof(Tensor).Assembly.GetType("Firesteel.Nn.PairwiseDistance") is not { } module) return null;
        object instance = Activator.CreateInstance(module, BindingFlags.OptionalParamBinding | BindingFlags.Public | BindingFlags.Instance | BindingFlags.CreateInstance, null, [], null)!;
        var forward = module.GetMethod("Forward", [typeof(Tensor), typeof(Tensor)]);
        return forward is null ? null : new(forward.CreateDelegate<Func<Tensor, Tensor, Tensor>>(instance), 0);
    }

    private static Converted? Implicit(Type target, params ReadOnlySpan<(object? Value, Type From, double Cost)> sources)
    {
        foreach (var (value, from, cost) in sources)
        {
            var method = target.GetMethods(BindingFlags.Public | BindingFlags.Static).FirstOrDefault(m => m.Name == "op_Implicit" && m.ReturnType == target && m.GetParameters() is [{ ParameterType: var p }] && p == from);
            if (method is not null) return new(method.Invoke(null, [value]), cost);
        }
        return null;
    }

    /// <summary>T of <c>ReadOnlySpan&lt;T&gt;</c> and <c>Span&lt;T&gt;</c>.</summary>
    public static Type? SpanElement(Type type) =>
        type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(ReadOnlySpan<>) || type.GetGenericTypeDefinition() == typeof(Span<>)) ? type.GetGenericArguments()[0] : null;

    /// <summary>T of an array or a collection interface.</summary>
    public static Type? ElementOf(Type type)
    {
        if (SpanElement(type) is { } span) return span;
        if (type.IsArray) return type.GetElementType();
        return type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type) && type.GetGenericArguments() is [var element] ? element : null;
    }
}
