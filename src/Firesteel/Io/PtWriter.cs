using System.Collections;
using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using Firesteel.Nn;

namespace Firesteel.Io;

/// <summary>Writes the zip format of <c>torch.save</c>: a pickle, and one file for the elements of each storage.</summary>
internal sealed class PtWriter
{
    private enum Kind { Leaf, State, Dictionary, List, Tuple, Set }

    private const string Folder = "archive/";
    private const int MostDepth = 1000;

    private readonly PtElements _elements = new();
    private readonly MemoryStream _bytes = new();
    private readonly PickleWriter _pickle;
    private readonly List<string> _path = [];
    private readonly HashSet<object> _open = new(ReferenceEqualityComparer.Instance);

    private PtWriter() => _pickle = new PickleWriter(_bytes);

    public static void Write(Stream stream, object? value) => new PtWriter().WriteAll(stream, value);

    private void WriteAll(Stream stream, object? value)
    {
        // First all tensors: they decide together how much of a storage is saved, which each of them has to say.
        Collect(value, new HashSet<object>(ReferenceEqualityComparer.Instance));
        _pickle.Begin();
        Write(value);
        _pickle.End();

        var zip = new ZipArchiveWriter(stream);
        zip.Add(Folder + "data.pkl", _bytes.GetBuffer().AsSpan(0, (int)_bytes.Length));
        zip.Add(Folder + "byteorder", "little"u8);
        foreach (var (key, elements) in _elements.All()) zip.Add($"{Folder}data/{key}", [], elements);
        zip.Add(Folder + "version", "3\n"u8);
        zip.Finish();
    }

    private void Collect(object? value, HashSet<object> seen)
    {
        if (value is Tensor tensor) _elements.Add(tensor.Layout);
        var (kind, items) = Parts(value);
        if (kind == Kind.Leaf || !seen.Add(value!)) return;
        foreach (var (key, item) in items)
        {
            Enter(key);
            Collect(item, seen);
            Leave();
        }
    }

    private void Write(object? value)
    {
        if (value is null or ValueType)
        {
            WriteNew(value);
            return;
        }
        if (_open.Contains(value)) throw new NotSupportedException($"{Place()} contains itself, which a .pt file that is read here cannot.");
        if (_pickle.Recall(value)) return;
        _open.Add(value);
        WriteNew(value);
        _open.Remove(value);
    }

    private void WriteNew(object? value)
    {
        var (kind, items) = Parts(value);
        switch (kind)
        {
            case Kind.State or Kind.Dictionary:
                if (kind == Kind.State) _pickle.EmptyOrderedDictionary();
                else _pickle.EmptyDictionary();
                _pickle.Remember(value!);
                _pickle.Mark();
                WriteAll(items, withKeys: true);
                _pickle.Set();
                break;
            case Kind.List:
                _pickle.EmptyList();
                _pickle.Remember(value!);
                WriteAppended(items);
                break;
            case Kind.Tuple:
                _pickle.Mark();
                WriteAll(items, withKeys: false);
                _pickle.Tuple();
                break;
            case Kind.Set:
                _pickle.Global("__builtin__", "set");
                _pickle.EmptyList();
                WriteAppended(items);
                _pickle.Tuple(1);
                _pickle.Call();
                break;
            default:
                WriteLeaf(value);
                break;
        }
    }

    private void WriteAppended(IEnumerable<(object? Key, object? Value)> items)
    {
        _pickle.Mark();
        WriteAll(items, withKeys: false);
        _pickle.Append();
    }

    private void WriteAll(IEnumerable<(object? Key, object? Value)> items, bool withKeys)
    {
        foreach (var (key, item) in items)
        {
            Enter(key);
            if (withKeys) Write(key);
            Write(item);
            Leave();
        }
    }

    private void WriteLeaf(object? value)
    {
        switch (value)
        {
            case null: _pickle.Null(); break;
            case bool flag: _pickle.Boolean(flag); break;
            case sbyte or byte or short or ushort or int or uint or long: _pickle.Integer(Convert.ToInt64(value, CultureInfo.InvariantCulture)); break;
            case ulong large: _pickle.Integer((BigInteger)large); break;
            case BigInteger large: _pickle.Integer(large); break;
            case float or double: _pickle.Number(Convert.ToDouble(value, CultureInfo.InvariantCulture)); break;
            case Half half: _pickle.Number((double)half); break;
            case string text: _pickle.Text(text); break;
            case byte[] bytes: _pickle.Bytes(bytes); break;
            case Complex number:
                _pickle.Global("__builtin__", "complex");
                _pickle.Number(number.Real);
                _pickle.Number(number.Imaginary);
                _pickle.Tuple(2);
                _pickle.Call();
                break;
            case DType dtype: _pickle.Global("torch", dtype.Name()); break;
            case Shape shape:
                _pickle.Global("torch", "Size");
                _pickle.Integers(shape.AsSpan());
                _pickle.Tuple(1);
                _pickle.Call();
                break;
            case Parameter parameter:
                _pickle.Global("torch._utils", "_rebuild_parameter");
                _pickle.Mark();
                WriteTensor(parameter, requiresGrad: false);
                _pickle.Boolean(parameter.RequiresGrad);
                _pickle.EmptyOrderedDictionary(); // no hooks
                _pickle.Tuple();
                _pickle.Call();
                _pickle.Remember(parameter);
                break;
            case Tensor tensor:
                WriteTensor(tensor, tensor.RequiresGrad);
                _pickle.Remember(tensor);
                break;
            default:
                throw new NotSupportedException($"{Place()} is a {value.GetType().Name}, which a .pt file cannot hold: it holds tensors, numbers, strings, bytes, lists, pairs and dictionaries.{(value is Module ? " Save its StateDict()." : "")}");
        }
    }

    private void WriteTensor(Tensor tensor, bool requiresGrad)
    {
        var (key, count, offset) = _elements.Locate(tensor.Layout);
        _pickle.Global("torch._utils", "_rebuild_tensor_v2");
        _pickle.Mark();
        _pickle.Mark();
        _pickle.Text("storage");
        _pickle.Global("torch", StorageClass(tensor.DType));
        _pickle.Text(key);
        _pickle.Text("cpu");
        _pickle.Integer(count);
        _pickle.Tuple();
        _pickle.Persistent();
        _pickle.Integer(offset);
        _pickle.Integers(tensor.Layout.Shape.Sizes);
        _pickle.Integers(tensor.Layout.Strides);
        _pickle.Boolean(requiresGrad);
        _pickle.EmptyOrderedDictionary(); // no hooks
        _pickle.Tuple();
        _pickle.Call();
    }

    private static string StorageClass(DType dtype) => dtype switch
    {
        DType.Bool => "BoolStorage",
        DType.UInt8 => "ByteStorage",
        DType.Int8 => "CharStorage",
        DType.Int16 => "ShortStorage",
        DType.Int32 => "IntStorage",
        DType.Int64 => "LongStorage",
        DType.Float16 => "HalfStorage",
        DType.BFloat16 => "BFloat16Storage",
        DType.Float32 => "FloatStorage",
        _ => "DoubleStorage",
    };

    /// <summary>What an object is in Python, and what it contains. Keys that no dictionary has are positions, for messages.</summary>
    private static (Kind Kind, IEnumerable<(object? Key, object? Value)> Items) Parts(object? value) => value switch
    {
        null or string or byte[] or Tensor or Shape => (Kind.Leaf, []),
        OrderedDictionary<string, Tensor> state => (Kind.State, state.Select(static e => ((object?)e.Key, (object?)e.Value))),
        IDictionary dictionary => (Kind.Dictionary, Entries(dictionary)),
        IReadOnlyDictionary<string, Tensor> state => (Kind.Dictionary, state.Select(static e => ((object?)e.Key, (object?)e.Value))),
        IReadOnlyDictionary<string, object?> dictionary => (Kind.Dictionary, dictionary.Select(static e => ((object?)e.Key, e.Value))),
        HashSet<object?> set => (Kind.Set, Numbered(set)),
        object?[] items when value.GetType() == typeof(object[]) => (Kind.Tuple, Numbered(items)),
        ITuple tuple => (Kind.Tuple, Numbered(Enumerable.Range(0, tuple.Length).Select(i => tuple[i]))),
        Module => (Kind.Leaf, []),
        IEnumerable items => (Kind.List, Numbered(items.Cast<object?>())),
        _ => (Kind.Leaf, []),
    };

    private static IEnumerable<(object? Key, object? Value)> Entries(IDictionary dictionary)
    {
        foreach (DictionaryEntry entry in dictionary) yield return (entry.Key, entry.Value);
    }

    private static IEnumerable<(object? Key, object? Value)> Numbered(IEnumerable<object?> items) => items.Select(static (item, i) => ((object?)i, item));

    private void Enter(object? key)
    {
        _path.Add(Convert.ToString(key, CultureInfo.InvariantCulture) ?? "");
        if (_path.Count > MostDepth) throw new NotSupportedException($"What is to be saved is nested more than {MostDepth} deep: {string.Join('.', _path.Take(8))}...");
    }

    private void Leave() => _path.RemoveAt(_path.Count - 1);

    private string Place() => _path.Count == 0 ? "The object" : $"'{string.Join('.', _path)}'";
}
