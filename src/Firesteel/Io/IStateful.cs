namespace Firesteel.Io;

/// <summary>
/// Something that can go on from where another of its kind was: optimizers, schedulers, data loaders, and whatever of yours <see cref="Checkpoint"/> is to
/// save. (Models have state dictionaries of tensors only: <see cref="Nn.Module.StateDict"/>.)
/// </summary>
public interface IStateful
{
    /// <summary>What is needed to go on: numbers, truths, strings, tensors, null, and lists and dictionaries of these (<c>state_dict</c>).</summary>
    Dictionary<string, object> StateDict();

    /// <summary>Goes on from a state (<c>load_state_dict</c>). Integers come back as <see cref="long"/>, other numbers as <see cref="double"/>, lists as <see cref="List{T}"/> of objects.</summary>
    /// <exception cref="ArgumentException">The state is not of such an object.</exception>
    void LoadStateDict(IReadOnlyDictionary<string, object> stateDict);
}
