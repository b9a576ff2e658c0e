using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Firesteel;

/// <summary>What captured functions may return: tensors, and arrays, lists and tuples of them.</summary>
internal static class ResultTree
{
    /// <summary>The tensors in it, in order.</summary>
    public static IEnumerable<Tensor> TensorsIn(object? result) => result switch
    {
        Tensor tensor => [tensor],
        IEnumerable<Tensor> list => list,
        ITuple tuple => Enumerable.Range(0, tuple.Length).SelectMany(i => TensorsIn(tuple[i])),
        _ => [],
    };

    /// <summary>True for types of which every value is made of tensors.</summary>
    public static bool IsTensors(Type type) =>
        typeof(Tensor).IsAssignableFrom(type) || typeof(IEnumerable<Tensor>).IsAssignableFrom(type) || type == typeof(ValueTuple)
        || (typeof(ITuple).IsAssignableFrom(type) && Array.TrueForAll(type.GetGenericArguments(), IsTensors));

    /// <summary>True if <see cref="Renewed{T}"/> can make another one like it: tensors, arrays, lists, and tuples with round brackets.</summary>
    public static bool CanRenew(Type type, object? result)
    {
        if (!type.IsValueType) return result is null or Tensor || result.GetType() == typeof(Tensor[]) || result.GetType() == typeof(List<Tensor>);
        if (result is not ITuple tuple || !IsValueTuple(type)) return false;
        var parts = type.GetGenericArguments();
        for (int i = 0; i < Math.Min(tuple.Length, 7); i++)
            if (!CanRenew(parts[i], tuple[i])) return false;
        return tuple.Length <= 7;
    }

    /// <summary>The same with other tensors.</summary>
    public static T Renewed<T>(T result, Func<Tensor, Tensor> other)
    {
        if (Unsafe.SizeOf<T>() < Unsafe.SizeOf<object>()) return result; // the tuple of nothing
        // A tensor, an array or a list is one reference; a tuple of them nothing but references.
        foreach (ref var part in MemoryMarshal.CreateSpan(ref Unsafe.As<T, object?>(ref result), Unsafe.SizeOf<T>() / Unsafe.SizeOf<object>()))
        {
            part = part switch
            {
                Tensor tensor => other(tensor),
                Tensor[] tensors => Array.ConvertAll(tensors, t => other(t)),
                List<Tensor> tensors => tensors.ConvertAll(t => other(t)),
                _ => part,
            };
        }
        return result;
    }

    private static bool IsValueTuple(Type type) => type.IsGenericType && type.FullName!.StartsWith("System.ValueTuple`", StringComparison.Ordinal);
}
