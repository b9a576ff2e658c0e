namespace Firesteel.KernelBenchmarks;

/// <summary>Convolutions and pooling over the shapes of ResNet-18 (32x32 and 224x224 images), VGG-16 and small networks.</summary>
internal static class ConvCases
{
    private sealed record Sizes(long Batch, long Input, long Output, long Size, long Filter, long Stride, long Padding, long Groups = 1);

    public static IEnumerable<KernelCase> All()
    {
        foreach (var s in (Sizes[])
            [
                new(16, 3, 64, 32, 3, 1, 1), new(16, 64, 64, 32, 3, 1, 1), new(16, 64, 128, 32, 3, 2, 1), new(16, 64, 128, 32, 1, 2, 0), new(16, 128, 128, 16, 3, 1, 1),
                new(16, 128, 256, 16, 3, 2, 1), new(16, 256, 256, 8, 3, 1, 1), new(16, 256, 512, 8, 3, 2, 1), new(16, 512, 512, 4, 3, 1, 1),
            ])
            foreach (var one in Passes("conv resnet18 of 32x32", s)) yield return one;
        foreach (var s in (Sizes[])[new(1, 3, 64, 32, 3, 1, 1), new(1, 64, 64, 32, 3, 1, 1), new(1, 128, 128, 16, 3, 1, 1), new(1, 256, 256, 8, 3, 1, 1), new(1, 512, 512, 4, 3, 1, 1)])
            yield return Pass("conv resnet18 of 32x32, batch 1", "forward", s);
        foreach (var s in (Sizes[])[new(2, 3, 64, 224, 7, 2, 3), new(2, 64, 64, 56, 3, 1, 1), new(2, 128, 128, 28, 3, 1, 1), new(2, 256, 256, 14, 3, 1, 1), new(2, 512, 512, 7, 3, 1, 1)])
            foreach (var one in Passes("conv resnet18 of 224x224", s)) yield return one;
        foreach (var s in (Sizes[])[new(1, 3, 64, 224, 3, 1, 1), new(1, 64, 64, 224, 3, 1, 1), new(1, 128, 128, 112, 3, 1, 1), new(1, 256, 256, 56, 3, 1, 1), new(1, 512, 512, 28, 3, 1, 1), new(1, 512, 512, 14, 3, 1, 1)])
            foreach (var one in Passes("conv vgg16", s)) yield return one;
        foreach (var s in (Sizes[])[new(64, 1, 32, 28, 3, 1, 1), new(64, 32, 64, 14, 3, 1, 1), new(64, 6, 16, 14, 5, 1, 0), new(8, 64, 64, 28, 3, 1, 1, 64), new(8, 64, 128, 28, 1, 1, 0)])
            foreach (var one in Passes("conv small networks", s)) yield return one;
        foreach (bool average in (bool[])[false, true])
        {
            yield return Pool(average, 64, 32, 28, 2, 2);
            yield return Pool(average, 8, 64, 112, 3, 2);
        }
    }

    private static IEnumerable<KernelCase> Passes(string group, Sizes s) => [Pass(group, "forward", s), .. s.Input > 3 ? [Pass(group, "data", s)] : Array.Empty<KernelCase>(), Pass(group, "filter", s)];

    private static KernelCase Pass(string group, string pass, Sizes s)
    {
        long size = (s.Size + 2 * s.Padding - s.Filter) / s.Stride + 1;
        double flops = 2.0 * s.Batch * s.Output * size * size * s.Input / s.Groups * s.Filter * s.Filter;
        double bytes = 4.0 * (s.Batch * s.Input * s.Size * s.Size + s.Batch * s.Output * size * size + s.Output * s.Input / s.Groups * s.Filter * s.Filter);
        string name = $"{pass} {s.Batch}x{s.Input}x{s.Size}x{s.Size} -> {s.Output}, {s.Filter}x{s.Filter} / {s.Stride}{(s.Groups > 1 ? $", {s.Groups} groups" : "")}";
        string setup = $"x = torch.randn({s.Batch}, {s.Input}, {s.Size}, {s.Size}); w = torch.randn({s.Output}, {s.Input / s.Groups}, {s.Filter}, {s.Filter}); g = torch.randn({s.Batch}, {s.Output}, {size}, {size})";
        string arguments = $"[{s.Stride}, {s.Stride}], [{s.Padding}, {s.Padding}], [1, 1]";
        string peer = pass == "forward"
            ? $"torch.conv2d(x, w, None, {arguments}, {s.Groups})"
            : $"torch.ops.aten.convolution_backward(g, x, w, None, {arguments}, False, [0, 0], {s.Groups}, [{(pass == "data" ? "True, False" : "False, True")}, False])";
        return new KernelCase(group, name, Prepare, new PyTorchCase(setup, peer), flops, bytes);

        Action Prepare()
        {
            Tensor x = Tensor.Randn(s.Batch, s.Input, s.Size, s.Size), w = Tensor.Randn(s.Output, s.Input / s.Groups, s.Filter, s.Filter), g = Tensor.Randn(s.Batch, s.Output, size, size);
            var (kind, a, b, shape) = pass switch
            {
                "forward" => (ConvPass.Forward, x, w, g.Shape),
                "data" => (ConvPass.Data, g, w, x.Shape),
                _ => (ConvPass.Filter, x, g, w.Shape),
            };
            var kernel = new ConvKernel(kind, [s.Stride, s.Stride], [s.Padding, s.Padding], [1, 1], s.Groups);
            return () =>
            {
                var result = Tensor.Allocate(shape, DType.Float32, Device.Cpu);
                Device.Cpu.Run(new KernelCall(kernel, [result], [a.Layout, b.Layout]));
                result.Storage!.Release(); // as PyTorch does at once
            };
        }
    }

    private static KernelCase Pool(bool average, long batch, long channels, long size, long window, long stride)
    {
        long output = (size - window) / stride + 1;
        return new KernelCase(
            "pooling", $"{(average ? "average" : "max")} {batch}x{channels}x{size}x{size}, {window}x{window} / {stride}",
            () =>
            {
                var x = Tensor.Randn(batch, channels, size, size);
                return () => (average ? Nn.Functional.AvgPool2d(x, window, stride) : Nn.Functional.MaxPool2d(x, window, stride)).Layout.Storage!.Release();
            },
            new PyTorchCase($"x = torch.randn({batch}, {channels}, {size}, {size})", $"F.{(average ? "avg" : "max")}_pool2d(x, {window}, {stride})"),
            0, 4.0 * batch * channels * (size * size + output * output));
    }
}
