using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Firesteel;

/// <summary>
/// <see cref="SumPoolKernel"/> on the CPU. The lines of a window are added up first, then the columns: so the work of a window grows with its sides, not with its
/// area. A task is some planes, so that no two threads write to the same element.
/// </summary>
internal static unsafe class CpuSumPool
{
    public static void Run(SumPoolKernel kernel, in CpuView output, in CpuView input)
    {
        if (output.DType != input.DType) throw new ArgumentException($"sum pool kernel: {input.DType.Name()} -> {output.DType.Name()}; needs one dtype.");
        var planes = kernel.Gradient ? new Planes(kernel, output, input) : new Planes(kernel, input, output);
        if (output.Shape.NumElements > 0) CpuElement.Dispatch(output.DType, ref planes);
    }

    /// <summary>Images and the sums of their windows, seen with three spatial dimensions.</summary>
    private struct Planes : IElementBody
    {
        public readonly CpuView Image, Sums;
        private readonly bool _gradient;
        private readonly int _leading;
        private readonly long _count;

        /// <summary>Along depth, height and width: sizes of an image and of the sums, the window, the step between windows and that within one.</summary>
        private fixed long _size[3], _windows[3], _window[3], _step[3], _within[3], _imageStride[3], _sumStride[3];

        public Planes(SumPoolKernel kernel, in CpuView image, in CpuView sums)
        {
            int spatial = kernel.Window.Length, rank = image.Shape.Length;
            (Image, Sums, _gradient, _leading) = (image, sums, kernel.Gradient, rank - spatial);
            if (spatial is < 1 or > 3 || _leading < 0 || kernel.Stride.Length != spatial || kernel.Dilation.Length != spatial || sums.Shape.Length != rank)
                throw new ArgumentException($"sum pool kernel: image {image.Shape} and sums {sums.Shape} do not fit with {spatial} spatial dimensions.");
            for (int i = 0; i < 3; i++) _size[i] = _windows[i] = _window[i] = _step[i] = _within[i] = 1;
            for (int d = 0; d < spatial; d++)
            {
                int i = d + 3 - spatial, at = _leading + d;
                (_size[i], _windows[i], _window[i], _step[i], _within[i]) = (image.Shape.Sizes[at], sums.Shape.Sizes[at], kernel.Window[d], kernel.Stride[d], kernel.Dilation[d]);
                (_imageStride[i], _sumStride[i]) = (image.Strides[at], sums.Strides[at]);
                if (_window[i] < 1 || _step[i] < 1 || _within[i] < 1 || (_windows[i] > 0 && (_windows[i] - 1) * _step[i] + (_window[i] - 1) * _within[i] >= _size[i]))
                    throw new ArgumentException($"sum pool kernel: windows of {kernel.Window[d]} reach over the end of {image.Shape} in dimension {at}.");
            }
            _count = 1;
            for (int d = 0; d < _leading; d++)
            {
                if (sums.Shape.Sizes[d] != image.Shape.Sizes[d]) throw new ArgumentException($"sum pool kernel: image {image.Shape} and sums {sums.Shape} differ in dimension {d}.");
                _count *= image.Shape.Sizes[d];
            }
        }

        public readonly void Run<T>()
            where T : unmanaged
        {
            if (typeof(T) == typeof(float) || typeof(T) == typeof(Half) || typeof(T) == typeof(BFloat16)) Run<T, float>();
            else if (Image.DType.ComputeType() == DType.Int64) Run<T, long>();
            else Run<T, double>();
        }

        private readonly void Run<T, TCompute>()
            where T : unmanaged
            where TCompute : unmanaged, INumber<TCompute>
        {
            long work = Math.Max(_size[0] * _size[1] * _size[2], _windows[0] * _windows[1] * _windows[2] * (_window[0] * _window[1] + _window[2]));
            CpuThreads.For(_count, Math.Max(1, CpuMatMul.SerialWork / 4 / Math.Max(1, work)), new Body<T, TCompute> { Planes = this });
        }

        /// <summary>Where a plane begins in each operand.</summary>
        private readonly void Locate(long plane, out long image, out long sums)
        {
            image = sums = 0;
            for (int d = _leading - 1; d >= 0 && plane > 0; d--)
            {
                (plane, long i) = Math.DivRem(plane, Image.Shape.Sizes[d]);
                image += i * Image.Strides[d];
                sums += i * Sums.Strides[d];
            }
        }

        private struct Body<T, TCompute> : IRangeBody
            where T : unmanaged
            where TCompute : unmanaged, INumber<TCompute>
        {
            public Planes Planes;

            [MethodImpl(MethodImplOptions.AggressiveOptimization)]
            public readonly void Run(long start, long end)
            {
                TCompute* line = GemmScratch.Get<TCompute>(GemmScratch.Use.A, Planes._size[2]);
                // The gradient is added up here, in the precision of sums.
                long plane = Planes._size[0] * Planes._size[1] * Planes._size[2];
                TCompute* spread = Planes._gradient ? GemmScratch.Get<TCompute>(GemmScratch.Use.B, plane) : null;
                for (long i = start; i < end; i++)
                {
                    Planes.Locate(i, out long image, out long sums);
                    T* x = (T*)Planes.Image.Data + image, y = (T*)Planes.Sums.Data + sums;
                    if (Planes._gradient) Spread(x, y, line, spread);
                    else Sum(x, y, line);
                }
            }

            [MethodImpl(MethodImplOptions.AggressiveOptimization)]
            private readonly void Sum(T* x, T* y, TCompute* line)
            {
                long width = Planes._size[2], count = Planes._windows[2], step = Planes._step[2], within = Planes._within[2], taps = Planes._window[2], yStep = Planes._sumStride[2];
                for (long d = 0; d < Planes._windows[0]; d++)
                {
                    for (long h = 0; h < Planes._windows[1]; h++)
                    {
                        bool first = true;
                        for (long kd = 0; kd < Planes._window[0]; kd++)
                        {
                            for (long kh = 0; kh < Planes._window[1]; kh++, first = false)
                            {
                                long id = d * Planes._step[0] + kd * Planes._within[0], ih = h * Planes._step[1] + kh * Planes._within[1];
                                AddLine(x + id * Planes._imageStride[0] + ih * Planes._imageStride[1], Planes._imageStride[2], width, line, first);
                            }
                        }
                        T* to = y + d * Planes._sumStride[0] + h * Planes._sumStride[1];
                        if (taps == 2 && within == 1)
                        {
                            for (long w = 0; w < count; w++) to[w * yStep] = CpuElement.Convert<TCompute, T>(line[w * step] + line[w * step + 1]);
                            continue;
                        }
                        for (long w = 0; w < count; w++)
                        {
                            TCompute* from = line + w * step;
                            var sum = *from;
                            for (long k = 1; k < taps; k++) sum += from[k * within];
                            to[w * yStep] = CpuElement.Convert<TCompute, T>(sum);
                        }
                    }
                }
            }

            /// <summary>sums = (or += unless it is the <paramref name="first"/>) a line.</summary>
            [MethodImpl(MethodImplOptions.AggressiveOptimization)]
            private static void AddLine(T* x, long step, long count, TCompute* sums, bool first)
            {
                long i = 0;
                if (typeof(T) == typeof(float) && step == 1 && Vector256.IsHardwareAccelerated)
                {
                    float* from = (float*)x, to = (float*)sums;
                    for (; i + 8 <= count; i += 8) (first ? Vector256.Load(from + i) : Vector256.Load(to + i) + Vector256.Load(from + i)).Store(to + i);
                }
                for (; i < count; i++)
                {
                    var value = CpuElement.Convert<T, TCompute>(x[i * step]);
                    sums[i] = first ? value : sums[i] + value;
                }
            }

            [MethodImpl(MethodImplOptions.AggressiveOptimization)]
            private readonly void Spread(T* x, T* y, TCompute* line, TCompute* spread)
            {
                long width = Planes._size[2], height = Planes._size[1], count = Planes._windows[2], step = Planes._step[2], within = Planes._within[2], taps = Planes._window[2], yStep = Planes._sumStride[2];
                new Span<TCompute>(spread, checked((int)(Planes._size[0] * height * width))).Clear();
                for (long d = 0; d < Planes._windows[0]; d++)
                {
                    for (long h = 0; h < Planes._windows[1]; h++)
                    {
                        T* from = y + d * Planes._sumStride[0] + h * Planes._sumStride[1];
                        new Span<TCompute>(line, (int)width).Clear();
                        for (long w = 0; w < count; w++)
                        {
                            var value = CpuElement.Convert<T, TCompute>(from[w * yStep]);
                            TCompute* to = line + w * step;
                            for (long k = 0; k < taps; k++) to[k * within] += value;
                        }
                        for (long kd = 0; kd < Planes._window[0]; kd++)
                        {
                            for (long kh = 0; kh < Planes._window[1]; kh++)
                            {
                                TCompute* to = spread + ((d * Planes._step[0] + kd * Planes._within[0]) * height + h * Planes._step[1] + kh * Planes._within[1]) * width;
                                AddSums(line, width, to);
                            }
                        }
                    }
                }
                for (long d = 0; d < Planes._size[0]; d++)
                {
                    for (long h = 0; h < height; h++, spread += width)
                    {
                        T* to = x + d * Planes._imageStride[0] + h * Planes._imageStride[1];
                        if (typeof(T) == typeof(TCompute) && Planes._imageStride[2] == 1) new Span<TCompute>(spread, (int)width).CopyTo(new Span<TCompute>(to, (int)width));
                        else
                            for (long w = 0; w < width; w++) to[w * Planes._imageStride[2]] = CpuElement.Convert<TCompute, T>(spread[w]);
                    }
                }
            }

            [MethodImpl(MethodImplOptions.AggressiveOptimization)]
            private static void AddSums(TCompute* line, long count, TCompute* sums)
            {
                long i = 0;
                if (typeof(TCompute) == typeof(float) && Vector256.IsHardwareAccelerated)
                {
                    float* from = (float*)line, to = (float*)sums;
                    for (; i + 8 <= count; i += 8) (Vector256.Load(to + i) + Vector256.Load(from + i)).Store(to + i);
                }
                for (; i < count; i++) sums[i] += line[i];
            }
        }
    }
}
