using System.Text.RegularExpressions;

namespace Firesteel.Io;

/// <summary>
/// How the names in a checkpoint become those of a model: a sequence of changes, each of which works on what the one before it left. Never changes itself; every
/// method returns a longer map.
/// </summary>
/// <example><code>
/// model.LoadStateDict(Safetensors.Load(path), keyMap: new KeyMap().RemovePrefix("module.").Replace(@"^encoder\.(\d+)", "layers.$1").Drop(@"^head\."));
/// </code></example>
public sealed class KeyMap
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10); // names come from files, and a pattern may need exponential time for some

    private readonly Func<string, string?>[] _steps;

    /// <summary>A map that leaves all names as they are.</summary>
    public KeyMap()
        : this([])
    {
    }

    private KeyMap(Func<string, string?>[] steps) => _steps = steps;

    /// <summary>Removes a prefix from the names that have it: <c>RemovePrefix("module.")</c> for a model that was saved inside DataParallel.</summary>
    public KeyMap RemovePrefix(string prefix)
    {
        ArgumentException.ThrowIfNullOrEmpty(prefix);
        return Then(name => name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : name);
    }

    /// <summary>Puts a prefix before all names.</summary>
    public KeyMap AddPrefix(string prefix)
    {
        ArgumentException.ThrowIfNullOrEmpty(prefix);
        return Then(name => prefix + name);
    }

    /// <summary>Replaces one name.</summary>
    public KeyMap Rename(string from, string to)
    {
        ArgumentNullException.ThrowIfNull(from);
        ArgumentNullException.ThrowIfNull(to);
        return Then(name => name == from ? to : name);
    }

    /// <summary>Replaces every match of a regular expression; <c>$1</c> stands for a group.</summary>
    /// <exception cref="ArgumentException">The pattern is no regular expression.</exception>
    public KeyMap Replace(string pattern, string replacement)
    {
        ArgumentNullException.ThrowIfNull(replacement);
        var regex = Pattern(pattern);
        return Then(name => regex.Replace(name, replacement));
    }

    /// <summary>Leaves out the names that match a regular expression, such as <c>^head\.</c>.</summary>
    /// <exception cref="ArgumentException">The pattern is no regular expression.</exception>
    public KeyMap Drop(string pattern)
    {
        var regex = Pattern(pattern);
        return Then(name => regex.IsMatch(name) ? null : name);
    }

    /// <summary>Leaves out the names that do not match a regular expression.</summary>
    /// <exception cref="ArgumentException">The pattern is no regular expression.</exception>
    public KeyMap Keep(string pattern)
    {
        var regex = Pattern(pattern);
        return Then(name => regex.IsMatch(name) ? name : null);
    }

    /// <summary>The name that a name becomes; null if it is left out.</summary>
    public string? Apply(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        string? result = name;
        foreach (var step in _steps)
        {
            result = step(result);
            if (result is null) return null;
        }
        return result;
    }

    /// <summary>The same values under the names that theirs become, in their order.</summary>
    /// <exception cref="ArgumentException">Two names become the same.</exception>
    public OrderedDictionary<string, T> Apply<T>(IEnumerable<KeyValuePair<string, T>> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var result = new OrderedDictionary<string, T>();
        var origins = new Dictionary<string, string>();
        foreach (var (name, value) in values)
        {
            if (Apply(name) is not { } mapped) continue;
            if (!result.TryAdd(mapped, value)) throw new ArgumentException($"KeyMap: \"{origins[mapped]}\" and \"{name}\" both become \"{mapped}\".", nameof(values));
            origins.Add(mapped, name);
        }
        return result;
    }

    private static Regex Pattern(string pattern) => new(pattern, RegexOptions.CultureInvariant, s_patience);

    private KeyMap Then(Func<string, string?> step) => new([.. _steps, step]);
}
