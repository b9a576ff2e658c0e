using Firesteel.Nn;

namespace Firesteel.Workloads;

/// <summary>Counts the arithmetic that no implementation by matrix products can do without.</summary>
internal static class WorkOfStep
{
    /// <summary>
    /// Multiply-adds times two of one step. In training a layer does its product three times, the first one only twice, as nobody asks for the
    /// gradient of the data.
    /// </summary>
    public static double Flops(Workload workload)
    {
        double flops = 0;
        foreach (var module in workload.Model?.Modules() ?? [])
        {
            if (WeightOf(module) is not { } weight) continue;
            module.RegisterForwardHook((_, input, output) =>
            {
                int products = !output.RequiresGrad ? 1 : input!.RequiresGrad ? 3 : 2;
                flops += products * 2.0 * output.Numel() * (weight.Numel() / weight.Shape[0]);
                return null;
            });
        }
        workload.Step();
        return flops + 3 * workload.ForwardFlops; // only training sets it
    }

    private static Tensor? WeightOf(Module module) => module switch
    {
        Linear linear => linear.Weight,
        Conv2d conv => conv.Weight,
        _ => null,
    };
}
