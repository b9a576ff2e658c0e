namespace Firesteel.Data;

/// <summary>What samplers and loaders draw, in PyTorch's way.</summary>
internal static class Draws
{
    /// <summary>A seed of 63 bits (<c>torch.empty((), dtype=torch.int64).random_()</c>).</summary>
    public static long Seed(Generator? generator) => Run(Distribution.Integer, generator, [1])[0];

    /// <summary>The numbers 0..n-1 in random order (<c>torch.randperm(n)</c>).</summary>
    public static int[] Permutation(int n, Generator? generator) => Array.ConvertAll(Run(Distribution.Permutation, generator, [n]), static i => (int)i);

    /// <summary>Numbers in [0, high) (<c>torch.randint(high, (count,))</c>).</summary>
    public static int[] Integers(int high, int count, Generator? generator) => Array.ConvertAll(Run(Distribution.Integer, generator, [count], (Scalar)0, (Scalar)high), static i => (int)i);

    /// <summary>Positions with these probabilities (<c>torch.multinomial(weights, count, replacement)</c>).</summary>
    public static int[] Multinomial(Tensor weights, int count, bool replacement, Generator? generator) =>
        Array.ConvertAll(Run(Distribution.Multinomial, generator, [count], weights.Layout, (Scalar)replacement), static i => (int)i);

    private static long[] Run(Distribution distribution, Generator? generator, ReadOnlySpan<long> size, params ReadOnlySpan<KernelInput> parameters)
    {
        var view = Tensor.Allocate(Shape.Create(size), DType.Int64);
        view.Storage.Device.Run(new KernelCall(new RandomKernel(distribution, generator ?? Rng.Default), [view], parameters));
        return new Tensor(view).ToArray<long>();
    }
}
