using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using Firesteel.Io;
using Firesteel.Nn;

namespace Firesteel.Tests;

/// <summary>Compares what was loaded from a file with what PyTorch loads from it, as its expected.json says: keys, shapes, strides, elements, values, sharing.</summary>
internal static class ExpectedContent
{
    /// <summary>How what was loaded differs from what PyTorch loads; null if it does not.</summary>
    public static string? Difference(object? loaded, JsonElement expected, bool exactOffsets = true)
    {
        var entries = expected.TryGetProperty("entries", out var described) ? described : expected.GetProperty("tensors");
        var flat = new OrderedDictionary<string, object?>();
        Flatten(loaded, "", flat);
        string[] keys = expected.TryGetProperty("order_in_header", out var order) ? [.. order.EnumerateArray().Select(static k => k.GetString()!)] : [.. entries.EnumerateObject().Select(static e => e.Name)];
        if (!flat.Keys.SequenceEqual(keys)) return $"keys {string.Join(", ", flat.Keys)} instead of {string.Join(", ", keys)}";
        foreach (var entry in entries.EnumerateObject())
        {
            if (entry.Value.TryGetProperty("dtype", out var dtype))
            {
                if (flat[entry.Name] is not Tensor tensor) return $"{entry.Name} is no tensor";
                if (tensor.DType.Name() != dtype.GetString() && SafetensorsDType.Name(tensor.DType) != dtype.GetString()) return $"{entry.Name} is of {tensor.DType.Name()}";
                if (!tensor.Shape.SequenceEqual(Integers(entry.Value, "shape"))) return $"{entry.Name} has the shape {tensor.Shape}";
                if (entry.Value.TryGetProperty("stride", out _) && !tensor.Stride().SequenceEqual(Integers(entry.Value, "stride")) && tensor.NumElements > 1) return $"{entry.Name} has the strides {string.Join(", ", tensor.Stride())}";
                if (exactOffsets && entry.Value.TryGetProperty("storage_offset", out var offset) && tensor.StorageOffset() != offset.GetInt64()) return $"{entry.Name} has the offset {tensor.StorageOffset()}";
                if (entry.Value.TryGetProperty("requires_grad", out var requires) && tensor.RequiresGrad != requires.GetBoolean()) return $"{entry.Name} has the wrong requires_grad";
                if (entry.Value.TryGetProperty("parameter", out var parameter) && tensor is Parameter != parameter.GetBoolean()) return $"{entry.Name} is a {tensor.GetType().Name}";
                if (Sha256(tensor) != (entry.Value.TryGetProperty("sha256_le_contiguous", out var sha256) ? sha256 : entry.Value.GetProperty("sha256")).GetString()) return $"{entry.Name} has other elements";
            }
            else if (Text(flat[entry.Name]) != entry.Value.GetProperty("value").GetString()) return $"{entry.Name} is {Text(flat[entry.Name])}";
        }
        if (!expected.TryGetProperty("shared_storage", out var shared)) return null;
        foreach (var group in shared.EnumerateArray())
        {
            Tensor[] tensors = [.. group.EnumerateArray().Select(k => (Tensor)flat[k.GetString()!]!)];
            if (!tensors.All(t => t.SharesStorageWith(tensors[0]))) return $"{group} do not share";
        }
        return null;
    }

    private static void Flatten(object? value, string name, OrderedDictionary<string, object?> flat)
    {
        switch (value)
        {
            case IDictionary dictionary:
                foreach (DictionaryEntry entry in dictionary) Flatten(entry.Value, name.Length == 0 ? entry.Key.ToString()! : $"{name}.{entry.Key}", flat);
                break;
            case IList list and not Tensor:
                for (int i = 0; i < list.Count; i++) Flatten(list[i], $"{name}[{i}]", flat);
                break;
            case ITuple tuple:
                for (int i = 0; i < tuple.Length; i++) Flatten(tuple[i], $"{name}[{i}]", flat);
                break;
            default:
                flat[name] = value;
                break;
        }
    }

    private static IEnumerable<long> Integers(JsonElement entry, string name) => entry.GetProperty(name).EnumerateArray().Select(static n => n.GetInt64());

    public static string Sha256(Tensor tensor)
    {
        byte[] bytes = new byte[tensor.NumElements * tensor.ElementSize()];
        var whole = tensor.Detach().Contiguous();
        TensorBytes.Read(whole.Layout.Storage, whole.StorageOffset() * whole.ElementSize(), bytes);
        return Convert.ToHexStringLower(SHA256.HashData(bytes));
    }

    private static string Text(object? value) => value switch
    {
        null => "None",
        string text => $"'{text}'",
        double.PositiveInfinity => "inf",
        float number => Text((double)number),
        double number when number == Math.Floor(number) && Math.Abs(number) < 1e16 => number.ToString("F1", CultureInfo.InvariantCulture),
        double number => number.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e'),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
