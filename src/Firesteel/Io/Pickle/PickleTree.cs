using System.Globalization;

namespace Firesteel.Io;

/// <summary>Makes ordinary objects of what a pickle held, without recursion. What the pickle shared stays shared; what contains itself is refused.</summary>
internal static class PickleTree
{
    /// <summary>Deeper than Python itself saves, and not too deep for recursive programs.</summary>
    private const int MostDepth = 1000;

    private sealed class Frame(object container, List<object?> children)
    {
        public object Container => container;

        public List<object?> Children => children;

        public int Next { get; set; }

        /// <summary>The number of containers inside each other, this one included.</summary>
        public int Height { get; set; } = 1;
    }

    private readonly record struct Done(object? Result, int Height);

    /// <summary>The objects: dictionaries, lists, arrays for tuples, hash sets, tensors, numbers, strings, bytes.</summary>
    /// <exception cref="PickleError">Something has no counterpart, contains itself, or is nested too deep.</exception>
    public static object? ToObjects(object? root)
    {
        if (!IsContainer(root)) return Leaf(root);
        // A container that is here without a height is being visited.
        var known = new Dictionary<object, Done>(ReferenceEqualityComparer.Instance);
        var path = new Stack<Frame>();
        Enter(root!);
        while (true)
        {
            var frame = path.Peek();
            if (frame.Next < frame.Children.Count)
            {
                object? child = frame.Children[frame.Next++];
                if (!IsContainer(child)) continue;
                if (!known.TryGetValue(child!, out var done)) Enter(child!);
                else if (done.Height == 0) throw new PickleError($"{PickleKinds.Describe(child)} contains itself, which is not supported");
                else Raise(frame, done.Height);
                continue;
            }
            object result = Build(frame.Container, value => IsContainer(value) ? known[value!].Result : Leaf(value));
            known[frame.Container] = new Done(result, frame.Height);
            path.Pop();
            if (path.Count == 0) return result;
            Raise(path.Peek(), frame.Height);
        }

        void Enter(object container)
        {
            if (path.Count >= MostDepth) throw TooDeep();
            known[container] = default;
            path.Push(new Frame(container, Children(container)));
        }

        static void Raise(Frame frame, int height)
        {
            frame.Height = Math.Max(frame.Height, height + 1);
            if (frame.Height > MostDepth) throw TooDeep();
        }
    }

    /// <summary>Where the first tensor on a storage stands: <c>model.fc.weight</c>.</summary>
    public static string? NameOf(object? root, PickledStorage storage)
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var open = new Stack<(string Name, object? Value)>([("", root)]);
        while (open.TryPop(out var top))
        {
            if (top.Value is PickledTensor tensor && tensor.IsOn(storage)) return top.Name;
            if (!IsContainer(top.Value) || !seen.Add(top.Value!)) continue;
            var children = top.Value is PickledDictionary dictionary
                ? dictionary.Entries.Select(static e => (Convert.ToString(e.Key, CultureInfo.InvariantCulture)!, e.Value))
                : Children(top.Value!).Select(static (value, i) => (i.ToString(CultureInfo.InvariantCulture), value));
            foreach (var (name, value) in children.Reverse()) open.Push((top.Name.Length == 0 ? name : $"{top.Name}.{name}", value));
        }
        return null;
    }

    private static PickleError TooDeep() => new($"containers are nested more than {MostDepth} deep");

    private static bool IsContainer(object? value) => value is PickledDictionary or List<object?> or object?[] or PickledSet;

    private static List<object?> Children(object container) => container switch
    {
        PickledDictionary dictionary => [.. dictionary.Entries.SelectMany(static e => new[] { e.Key, e.Value })],
        PickledSet set => set.Items,
        List<object?> list => list,
        _ => [.. (object?[])container],
    };

    private static object Build(object container, Func<object?, object?> value)
    {
        switch (container)
        {
            case PickledDictionary dictionary: return Build(dictionary, value);
            case PickledSet set: return new HashSet<object?>(set.Items.Select(value), SeededComparer<object>.Instance!);
            case List<object?> list:
                for (int i = 0; i < list.Count; i++) list[i] = value(list[i]);
                return list;
            case object?[] tuple:
                for (int i = 0; i < tuple.Length; i++) tuple[i] = value(tuple[i]);
                return tuple;
            default: throw new ArgumentException("not a container", nameof(container));
        }
    }

    private static object Build(PickledDictionary dictionary, Func<object?, object?> value)
    {
        if (dictionary.Entries.All(static e => e.Key is string)) return Typed<string>();
        return dictionary.Entries.All(static e => e.Key is long) ? Typed<long>() : Typed<object>();

        OrderedDictionary<T, object?> Typed<T>()
            where T : notnull
        {
            var typed = new OrderedDictionary<T, object?>(dictionary.Count, SeededComparer<T>.Instance);
            foreach (var (key, entry) in dictionary.Entries) typed.Add((T)key, value(entry));
            return typed;
        }
    }

    private static object? Leaf(object? value) => value switch
    {
        Python2String text => text.ToString(),
        PickledTensor tensor => tensor.ToTensor(),
        PickleGlobal { IsStorage: false, DType: { } dtype } => dtype,
        PickledStorage => throw new PickleError("a storage stands by itself; save a tensor instead"),
        PickleGlobal or NumpyType => throw new PickleError($"{PickleKinds.Describe(value)} stands where data has to be"),
        _ => value,
    };
}
