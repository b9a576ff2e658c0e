using Firesteel.Nn;
using Firesteel.Optim;

namespace Firesteel.Io;

/// <summary>
/// Training that can be interrupted: saves everything that it depends on in one file, and goes on from there as if nothing had happened, with the same bits.
/// </summary>
/// <remarks>
/// The file is a safetensors file, so that anybody can read its tensors (<c>model.conv.weight</c>, <c>optimizer.state.0.exp_avg</c>). Gradients are not part of
/// it: save between steps.
/// </remarks>
/// <example><code>
/// Checkpoint.Save("run.safetensors", model, optimizer, scheduler, loader, values: new() { ["epoch"] = epoch });
/// var values = Checkpoint.Resume("run.safetensors", model, optimizer, scheduler, loader);
/// for (int epoch = values.Get&lt;int&gt;("epoch"); epoch &lt; epochs; epoch++)
///     foreach (var (x, y) in loader) // the first time the rest of the epoch
/// </code></example>
public static class Checkpoint
{
    private const string Classes = "classes", Random = "random", Values = "values";

    /// <summary>
    /// Saves all that is given and the position of <see cref="Rng.Default"/>. The file is replaced as a whole: whatever interrupts this, the path holds the old
    /// checkpoint or the new one.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="model">Parameters, buffers, and what is in evaluation mode.</param>
    /// <param name="optimizer">The optimizer.</param>
    /// <param name="scheduler">The schedule of the learning rate.</param>
    /// <param name="loader">The data loader; within an epoch its position too.</param>
    /// <param name="parts">Further ones by name: models, optimizers, schedulers, loaders, generators, and classes of yours that are <see cref="IStateful"/>.</param>
    /// <param name="values">Numbers, truths, strings, tensors, and lists and dictionaries of them, to be returned by <see cref="Resume"/>.</param>
    /// <exception cref="ArgumentException">A value is of another kind, or a name stands for two things.</exception>
    /// <exception cref="IOException">The file cannot be written; the path holds what it held before.</exception>
    public static void Save(string path, Module? model = null, Optimizer? optimizer = null, IStateful? scheduler = null, IStateful? loader = null,
        Dictionary<string, IStateful>? parts = null, Dictionary<string, object>? values = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        CheckpointFile.Save(path, Tree(Parts(model, optimizer, scheduler, loader, parts), values));
    }

    /// <summary>
    /// Goes on from a checkpoint: brings all that is given, and <see cref="Rng.Default"/>, to where it was. Either all of it is loaded or nothing is changed.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="model">A model with the same parameters and buffers.</param>
    /// <param name="optimizer">An optimizer of the same class and groups.</param>
    /// <param name="scheduler">A scheduler of the same class.</param>
    /// <param name="loader">A loader of the same data; its next enumeration is the rest of the epoch.</param>
    /// <param name="parts">Further ones, by the names that they were saved under.</param>
    /// <param name="strict">Whether everything that was saved has to be given here and the other way round. Without it what is on both sides is loaded.</param>
    /// <returns>The values that were saved.</returns>
    /// <exception cref="CheckpointFormatException">The file is damaged, and says which tensor, or is no checkpoint.</exception>
    /// <exception cref="ArgumentException">What is given is not what was saved.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static CheckpointValues Resume(string path, Module? model = null, Optimizer? optimizer = null, IStateful? scheduler = null, IStateful? loader = null,
        Dictionary<string, IStateful>? parts = null, bool strict = true)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var given = Parts(model, optimizer, scheduler, loader, parts);
        using var file = CheckpointFile.Open(path);
        file.Verify();
        // Models read their values straight from the file; everything else might keep the tensors that it is given.
        var tree = file.Read(part => given.GetValueOrDefault(part) is Module);
        var classes = Section(Classes);
        var values = Section(Values);
        CheckNames(path, given, classes.Keys, strict);
        var load = new List<PartToLoad>();
        foreach (var (name, part) in given)
            if (classes.TryGetValue(name, out var saved)) load.Add(new PartToLoad(name, part, ClassOf(part), saved as string ?? "", Section(name), strict));
        PartToLoad.LoadAll(path, load);
        return new CheckpointValues(path, values);

        Dictionary<string, object> Section(string name) => tree.GetValueOrDefault(name) as Dictionary<string, object> ?? throw file.Error($"the checkpoint has no section '{name}'");
    }

    /// <summary>The parts by name, with the default generator among them.</summary>
    internal static OrderedDictionary<string, IStateful> Parts(Module? model, Optimizer? optimizer, IStateful? scheduler, IStateful? loader, Dictionary<string, IStateful>? parts)
    {
        var all = new OrderedDictionary<string, IStateful> { [Random] = Rng.Default };
        Add(nameof(model), model);
        Add(nameof(optimizer), optimizer);
        Add(nameof(scheduler), scheduler);
        Add(nameof(loader), loader);
        foreach (var (name, part) in parts ?? [])
        {
            ArgumentNullException.ThrowIfNull(part, name);
            if (name.Length == 0 || name is Classes or Values || all.ContainsKey(name)) throw new ArgumentException($"A part of a checkpoint cannot be named '{name}': {(name.Length == 0 ? "it needs a name" : "that name stands for something else")}.", nameof(parts));
            Add(name, part);
        }
        return all;

        void Add(string name, IStateful? part)
        {
            if (part is not null) all.Add(name, part);
        }
    }

    internal static Dictionary<string, object> Tree(OrderedDictionary<string, IStateful> parts, Dictionary<string, object>? values)
    {
        var tree = new Dictionary<string, object> { [Classes] = parts.ToDictionary(static p => p.Key, static p => (object)ClassOf(p.Value)) };
        foreach (var (name, part) in parts) tree[name] = part.StateDict();
        tree[Values] = values ?? [];
        return tree;
    }

    private static void CheckNames(string path, OrderedDictionary<string, IStateful> parts, IEnumerable<string> saved, bool strict)
    {
        var missing = parts.Keys.Except(saved).ToList();
        var left = saved.Except(parts.Keys).ToList();
        if (!strict || (missing.Count == 0 && left.Count == 0)) return;
        var message = new List<string>();
        if (missing.Count > 0) message.Add($"it was saved without {Listed(missing)}");
        if (left.Count > 0) message.Add($"it was saved with {Listed(left)} too");
        throw new ArgumentException($"{path} is a checkpoint of something else: {string.Join(", and ", message)}. Give what was given to Save, or strict: false to load what is on both sides.");
    }

    private static string Listed(List<string> names) => string.Join(", ", names.Select(static n => $"'{n}'"));

    /// <summary>The name of the class without type arguments: that of a loader is the same for all samples.</summary>
    private static string ClassOf(IStateful part) => part.GetType().Name.Split('`')[0];
}
