using System.Collections;
using System.Runtime.CompilerServices;
using Firesteel.Nn;

namespace Firesteel;

/// <summary>Finds the C# values that a function can depend on, from its closure and the modules that ran, and guards them.</summary>
internal sealed class Watcher
{
    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);
    private readonly List<Guard> _guards = [new GradModeGuard()];
    private readonly HashSet<Storage> _storages = new(ReferenceEqualityComparer.Instance);

    public IReadOnlyList<Guard> Guards => _guards;

    public void Add(Guard guard) => _guards.Add(guard);

    /// <summary>True for the memory of a tensor that is watched.</summary>
    public bool Watches(Storage storage) => _storages.Contains(storage);

    /// <summary>What a delegate captured.</summary>
    public void Explore(Delegate function)
    {
        if (function.Target is { } target) Explore(target);
    }

    public void Explore(object? value, string name = "")
    {
        switch (value)
        {
            case null or string:
                return;
            case Tensor tensor:
                if (!_seen.Add(tensor)) return;
                _guards.Add(new TensorGuard(tensor, name.TrimEnd('.') is { Length: > 0 } known ? known : "a tensor"));
                _storages.Add(tensor.Layout.Storage);
                return;
            case Module module:
                if (!_seen.Add(module)) return;
                string path = module.Path;
                Fields(module, path.Length > 0 ? path + "." : module.GetType().Name + ".");
                return;
            case Delegate function:
                if (function.Target is { } target && _seen.Add(function)) Explore(target, name);
                return;
            case IEnumerable items when IsCollection(value):
                if (!_seen.Add(value)) return;
                if (value is Array array)
                {
                    if (array.GetType().GetElementType() is { IsValueType: true }) return;
                    _guards.Add(new ElementsGuard(array, name));
                }
                else FieldsOnly(value, name);
                foreach (object? item in items) Explore(item is DictionaryEntry entry ? entry.Value : item, name);
                return;
            default:
                if (HoldsSettings(value) && _seen.Add(value)) Fields(value, IsClosure(value) ? "" : name);
                return;
        }
    }

    private void Fields(object target, string prefix)
    {
        var table = FieldsOnly(target, prefix);
        foreach (var field in table.References) Explore(field.Reference(target), prefix + field.Name + (prefix.Length == 0 ? "." : ""));
    }

    private FieldTable FieldsOnly(object target, string prefix)
    {
        var table = FieldTable.Of(target);
        if (table.Numbers.Length + table.References.Length > 0) _guards.Add(new FieldWatch(target, table, prefix));
        return table;
    }

    /// <summary>Lists and dictionaries of the libraries below us, and arrays.</summary>
    private static bool IsCollection(object value) => value is Array || (value is ICollection && value.GetType().Namespace?.StartsWith("System.Collections", StringComparison.Ordinal) == true);

    /// <summary>Objects of the user's and our own classes; not those of .NET, and not those that have their own way of being watched.</summary>
    private static bool HoldsSettings(object value) =>
        IsClosure(value) || (value is not (Compiled or Optim.Optimizer or Optim.LRScheduler or Generator or Shape or Device or Storage or Node or Pointwise or Program or Kernel) && !IsOfDotNet(value.GetType().Namespace ?? ""));

    private static bool IsOfDotNet(string space) => space == "System" || space.StartsWith("System.", StringComparison.Ordinal) || space.StartsWith("Microsoft.", StringComparison.Ordinal);

    /// <summary>What the C# compiler makes for the variables that a lambda captures.</summary>
    private static bool IsClosure(object value) => value.GetType().IsDefined(typeof(CompilerGeneratedAttribute), false);

    /// <summary>The elements of an array are the same objects.</summary>
    private sealed class ElementsGuard : Guard
    {
        private readonly Array _array;
        private readonly object?[] _elements;
        private readonly string _name;

        public ElementsGuard(Array array, string name)
        {
            (_array, _name) = (array, name);
            _elements = [.. array.Cast<object?>()];
        }

        public override bool Holds()
        {
            if (_array is not object?[] elements) return true;
            for (int i = 0; i < elements.Length; i++)
                if (!ReferenceEquals(elements[i], _elements[i])) return false;
            return true;
        }

        public override string Change() => $"an element of {_name.TrimEnd('.')} is another object";
    }
}
