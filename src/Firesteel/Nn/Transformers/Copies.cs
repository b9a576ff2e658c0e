namespace Firesteel.Nn;

/// <summary>Layers made again with the values, the mode and the frozen parameters of another one.</summary>
internal static class Copies
{
    public static T Of<T>(T original, Func<T> again)
        where T : Module
    {
        T copy;
        using (Rng.ForkRng()) copy = again(); // what the constructor draws is not used
        var from = original.NamedParameters();
        var to = copy.NamedParameters();
        if (from.Count > 0) copy.To(from[0].Parameter.Device, from[0].Parameter.DType);
        copy.LoadStateDict(original.StateDict());
        for (int i = 0; i < to.Count; i++) to[i].Parameter.RequiresGrad = from[i].Parameter.RequiresGrad;
        var modes = original.Modules();
        var modules = copy.Modules();
        for (int i = 0; i < modules.Count; i++) modules[i].Training = modes[i].Training;
        return copy;
    }
}
