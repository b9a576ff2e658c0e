using Firesteel.Data;

namespace Firesteel.Workloads;

/// <summary>Shuffled, normalised batches of Fashion-MNIST, one a step; the "loss" is taken from the last image of a batch.</summary>
internal static class LoaderWorkload
{
    private const int BatchSize = 64;

    /// <summary>Where the four files are.</summary>
    public static string Folder { get; set; } = "/usr/share/datasets/fashion-mnist";

    public static Workload Build()
    {
        Rng.ManualSeed(0);
        var data = Datasets.FashionMnist(Folder, transform: new Compose(new ToTensor(), new Normalize([0.2860], [0.3530])));
        var loader = new DataLoader(data, batchSize: BatchSize, shuffle: true, dropLast: true);
        var batches = Endless(loader).GetEnumerator();
        return Workload.Other(Step, BatchSize * 784 * (1 + 4.0));

        double Step()
        {
            batches.MoveNext();
            return batches.Current[0].Select(0, -1).Abs().Mean().Item();
        }
    }

    private static IEnumerable<Tensor[]> Endless(DataLoader loader)
    {
        while (true)
        {
            foreach (var batch in loader) yield return batch;
        }
    }
}
