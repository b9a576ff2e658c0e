using System.Collections;
using Firesteel.Nn;
using Firesteel.Optim;

namespace Firesteel.Io;

/// <summary>A part of a training that is to get the state of a checkpoint.</summary>
internal sealed class PartToLoad(string name, IStateful part, string ownClass, string savedClass, IReadOnlyDictionary<string, object> state, bool strict)
{
    private Dictionary<string, object>? _before;

    /// <summary>
    /// Loads all, or none: if one does not fit the others get their state back. Models and optimizers change nothing when they refuse, and come last, so that
    /// usually no copy of a model is needed for that.
    /// </summary>
    /// <exception cref="ArgumentException">Some do not fit; the message tells all of them.</exception>
    public static void LoadAll(string path, List<PartToLoad> all)
    {
        all = [.. all.OrderBy(static p => p.Rank)];
        var errors = new List<Exception>();
        var loaded = new Stack<PartToLoad>();
        try
        {
            foreach (var one in all)
            {
                if (!one.RefusesWhole || one != all[^1] || errors.Count > 0) one.Remember();
                loaded.Push(one);
                try
                {
                    one.Load();
                }
                catch (Exception e) when (e is ArgumentException or KeyNotFoundException or InvalidCastException or FormatException or OverflowException)
                {
                    errors.Add(new ArgumentException($"'{one.Name}' does not fit: {e.Message}", e));
                }
            }
            errors.Reverse(); // what is wrong with a model explains the rest
            if (errors.Count > 0) throw new ArgumentException($"{path} is a checkpoint of something else, and nothing was changed: {string.Join("\n", errors.Select(static e => e.Message))}", errors[0].InnerException);
        }
        catch
        {
            foreach (var one in loaded) one.GoBack();
            throw;
        }
    }

    private string Name => name;

    private bool RefusesWhole => part is Module or Optimizer;

    private int Rank => part is Module ? 2 : part is Optimizer ? 1 : 0;

    private void Remember() => _before = part is Optimizer ? part.StateDict() : (Dictionary<string, object>)Copy(part.StateDict());

    private void Load()
    {
        if (strict && ownClass != savedClass && part is not Module) throw new ArgumentException($"it was saved by the class {savedClass}, and this is {Article(ownClass)}.");
        part.LoadStateDict(state);
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
