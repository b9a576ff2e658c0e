using System.Collections;
using Firesteel.Nn;
using Firesteel.Optim;

namespace Firesteel.Io;

/// <summary>A part of a training that is to get the state of a checkpoint.</summary>
internal sealed class PartToLoad(string path, string name, IStateful part, string ownClass, string savedClass, IReadOnlyDictionary<string, object> state, bool strict)
{
    private Dictionary<string, object>? _before;

    /// <summary>
    /// Loads all, or none: what was loaded before one fails gets its state back. Models and optimizers change nothing when they refuse, and come last, so that
    /// usually no copy of a model is needed for that.
    /// </summary>
    public static void LoadAll(List<PartToLoad> all)
    {
        all = [.. all.OrderBy(static p => p.Rank)];
        int loaded = 0;
        try
        {
            for (; loaded < all.Count; loaded++)
            {
                if (!all[loaded].RefusesWhole || loaded < all.Count - 1) all[loaded].Remember();
                all[loaded].Load();
            }
        }
        catch
        {
            for (int i = Math.Min(loaded, all.Count - 1); i >= 0; i--) all[i].GoBack();
            throw;
        }
    }

    private bool RefusesWhole => part is Module or Optimizer;

    private int Rank => part is Module ? 2 : part is Optimizer ? 1 : 0;

    private void Remember() => _before = part is Optimizer ? part.StateDict() : (Dictionary<string, object>)Copy(part.StateDict());

    private void Load()
    {
        if (strict && ownClass != savedClass && part is not Module) throw new ArgumentException($"{path}: '{name}' was saved by the class {savedClass}, and this is {Article(ownClass)}.");
        try
        {
            part.LoadStateDict(state);
        }
        catch (Exception e) when (e is ArgumentException or KeyNotFoundException or InvalidCastException or FormatException or OverflowException)
        {
            throw new ArgumentException($"{path}: '{name}' does not fit: {e.Message}", e);
        }
    }

    private void GoBack()
    {
        if (_before is not null) part.LoadStateDict(_before);
    }

    private static string Article(string name) => $"{("AEIOU".Contains(name[0]) ? "an" : "a")} {name}";

    /// <summary>The same state with copies of its tensors, which are often those of the part itself.</summary>
    private static object Copy(object value) => value switch
    {
        Tensor tensor => tensor.Detach().Clone(),
        string => value,
        IReadOnlyDictionary<string, object> dictionary => dictionary.ToDictionary(static e => e.Key, static e => Copy(e.Value)),
        IDictionary => value,
        IEnumerable list => list.Cast<object>().Select(Copy).ToList(),
        _ => value,
    };
}
