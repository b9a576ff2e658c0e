using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using System.Runtime.Intrinsics;

namespace Firesteel;

/// <summary><see cref="MaxPoolKernel"/> on the CPU. A task is some planes, so that no two threads write to the same element.</summary>
internal static unsafe class CpuMaxPool
{
    public static void Run(MaxPoolKernel kernel, ReadOnlySpan<CpuView> outputs, ReadOnlySpan<CpuView> inputs)
    {
        var planes = kernel.Gradient ? new Planes(kernel, outputs[0], inputs[0], inputs[1]) : new Planes(kernel, inputs[0], outputs[0], outputs[1]);
        if (planes.Image.Shape.NumElements == 0) return;
        CpuElement.Dispatch(planes.Image.DType, ref planes);
    }

    /// <summary>Images and what their windows give, seen with three spatial dimensions.</summary>
    private struct Planes : IElementBody
    {
        public readonly CpuView Image, Values, Positions;
        private readonly bool _gradient;
        private readonly int _leading;
        private readonly long _count;

        /// <summary>Along depth, height and width: sizes of an image and of the outputs, the window, the step between windows and that within one.</summary>
        private fixed long _size[3], _windows[3], _window[3], _step[3], _within[3];
        private fixed long _imageStride[3], _valueStride[3], _positionStride[3];

        public Planes(MaxPoolKernel kernel, in CpuView image, in CpuView values, in CpuView positions)
        {
            int spatial = kernel.Window.Length, rank = image.Shape.Length;
            (Image, Values, Positions, _gradient, _leading) = (image, values, positions, kernel.Gradient, rank - spatial);
            if (spatial is < 1 or > 3 || _leading < 0 || kernel.Stride.Length != spatial || kernel.Dilation.Length != spatial || values.Shape.Length != rank || values.Shape != positions.Shape)
                throw new ArgumentException($"max pool kernel: image {image.Shape}, values {values.Shape}, positions {positions.Shape} do not fit with {spatial} spatial dimensions.");
            if (values.DType != image.DType || positions.DType is not (DType.UInt8 or DType.Int64))
                throw new ArgumentException($"max pool kernel: {image.DType.Name()} with values of {values.DType.Name()} and positions of {positions.DType.Name()}; needs one dtype and uint8 or int64.");
            for (int i = 0; i < 3; i++) _size[i] = _windows[i] = _window[i] = _step[i] = _within[i] = 1;
            for (int d = 0; d < spatial; d++)
            {
                int i = d + 3 - spatial, at = _leading + d;
                (_size[i], _windows[i], _window[i], _step[i], _within[i]) = (image.Shape.Sizes[at], values.Shape.Sizes[at], kernel.Window[d], kernel.Stride[d], kernel.Dilation[d]);
                (_imageStride[i], _valueStride[i], _positionStride[i]) = (image.Strides[at], values.Strides[at], positions.Strides[at]);
                if (_window[i] < 1 || _step[i] < 1 || _within[i] < 1 || (_windows[i] > 0 && (_windows[i] - 1) * _step[i] + (_window[i] - 1) * _within[i] >= _size[i]))
                    throw new ArgumentException($"max pool kernel: windows of {kernel.Window[d]} reach over the end of {image.Shape} in dimension {at}.");
            }
            if (positions.DType == DType.UInt8 && Taps > 256) throw new ArgumentException($"max pool kernel: {Taps} positions do not fit into uint8.");
            _count = 1;
            for (int d = 0; d < _leading; d++)
            {
                if (values.Shape.Sizes[d] != image.Shape.Sizes[d]) throw new ArgumentException($"max pool kernel: image {image.Shape} and values {values.Shape} differ in dimension {d}.");
                _count *= image.Shape.Sizes[d];
            }
        }

        public readonly long Taps => _window[0] * _window[1] * _window[2];

        public readonly void Run<T>()
            where T : unmanaged
        {
            if (typeof(T) == typeof(float)) Run<T, float>();
            else if (Image.DType.ComputeType() == DType.Int64) Run<T, long>();
            else Run<T, double>();
        }

        private readonly void Run<T, TCompute>()
            where T : unmanaged
            where TCompute : unmanaged, INumber<TCompute>
        {
            if (Positions.DType == DType.UInt8) Run<T, TCompute, byte>();
            else Run<T, TCompute, long>();
        }

        private readonly void Run<T, TCompute, TPosition>()
            where T : unmanaged
            where TCompute : unmanaged, INumber<TCompute>
            where TPosition : unmanaged, IBinaryInteger<TPosition>
        {
            long work = _windows[0] * _windows[1] * _windows[2] * Taps;
            CpuThreads.For(_count, Math.Max(1, CpuMatMul.SerialWork / 4 / Math.Max(1, work)), new Body<T, TCompute, TPosition> { Planes = this });
        }

        /// <summary>True if windows are two wide, lie beside each other and nowhere over each other, in lines without gaps.</summary>
        private readonly bool ArePairs =>
            _window[2] == 2 && _step[2] == 2 && _within[2] == 1 && _window[0] == 1 && _within[1] == 1 && _step[1] >= _window[1]
            && _windows[2] >= 4 && _imageStride[2] == 1 && _valueStride[2] == 1 && _positionStride[2] == 1;

        /// <summary>True if every element of an image is in a window of <see cref="ArePairs"/>.</summary>
        private readonly bool IsCovered => _windows[0] == _size[0] && _window[1] == _step[1] && _windows[1] * _step[1] == _size[1] && _windows[2] * 2 == _size[2];

        /// <summary>Where a plane begins in each operand.</summary>
        private readonly void Locate(long plane, out long image, out long values, out long positions)
        {
            image = values = positions = 0;
            for (int d = _leading - 1; d >= 0 && plane > 0; d--)
            {
                (plane, long i) = Math.DivRem(plane, Image.Shape.Sizes[d]);
                image += i * Image.Strides[d];
                values += i * Values.Strides[d];
                positions += i * Positions.Strides[d];
            }
        }

        private struct Body<T, TCompute, TPosition> : IRangeBody
            where T : unmanaged
            where TCompute : unmanaged, INumber<TCompute>
            where TPosition : unmanaged, IBinaryInteger<TPosition>
        {
            public Planes Planes;

            [MethodImpl(MethodImplOptions.AggressiveOptimization)]
            public readonly void Run(long start, long end)
            {
                long taps = Planes.Taps;
                long* offsets = GemmScratch.Get<long>(GemmScratch.Use.A, taps);
                for (long tap = 0; tap < taps; tap++)
                {
                    (long rest, long w) = Math.DivRem(tap, Planes._window[2]);
                    (long d, long h) = Math.DivRem(rest, Planes._window[1]);
                    offsets[tap] = d * Planes._within[0] * Planes._imageStride[0] + h * Planes._within[1] * Planes._imageStride[1] + w * Planes._within[2] * Planes._imageStride[2];
                }
                bool pairs = Planes._gradient && typeof(T) == typeof(float) && typeof(TPosition) == typeof(byte) && Sse41.IsSupported && Planes.ArePairs;
                for (long plane = start; plane < end; plane++)
                {
                    Planes.Locate(plane, out long image, out long values, out long positions);
                    if (Planes._gradient && !(pairs && Planes.IsCovered)) Clear((T*)Planes.Image.Data + image);
                    for (long d = 0; d < Planes._windows[0]; d++)
                    {
                        for (long h = 0; h < Planes._windows[1]; h++)
                        {
                            T* x = (T*)Planes.Image.Data + image + d * Planes._step[0] * Planes._imageStride[0] + h * Planes._step[1] * Planes._imageStride[1];
                            T* y = (T*)Planes.Values.Data + values + d * Planes._valueStride[0] + h * Planes._valueStride[1];
                            TPosition* at = (TPosition*)Planes.Positions.Data + positions + d * Planes._positionStride[0] + h * Planes._positionStride[1];
                            if (pairs) SpreadPairs((float*)x, (float*)y, (byte*)at, offsets);
                            else if (Planes._gradient) Spread(x, y, at, offsets);
                            else Largest(x, y, at, offsets, taps);
                        }
                    }
                }
            }

            private readonly void Clear(T* image)
            {
                long width = Planes._size[2], step = Planes._imageStride[2];
                for (long d = 0; d < Planes._size[0]; d++)
                {
                    for (long h = 0; h < Planes._size[1]; h++)
                    {
                        T* row = image + d * Planes._imageStride[0] + h * Planes._imageStride[1];
                        if (step == 1) new Span<T>(row, checked((int)width)).Clear();
                        else
                            for (long w = 0; w < width; w++) row[w * step] = default;
                    }
                }
            }

            /// <summary>A line of gradients, each added to one element of its window.</summary>
            [MethodImpl(MethodImplOptions.AggressiveOptimization)]
            private readonly void Spread(T* x, T* y, TPosition* at, long* offsets)
            {
                long count = Planes._windows[2], xStep = Planes._step[2] * Planes._imageStride[2], yStep = Planes._valueStride[2], atStep = Planes._positionStride[2];
                for (long w = 0; w < count; w++, x += xStep)
                {
                    T* to = x + offsets[long.CreateTruncating(at[w * atStep])];
                    *to = CpuElement.Convert<TCompute, T>(CpuElement.Convert<T, TCompute>(*to) + CpuElement.Convert<T, TCompute>(y[w * yStep]));
                }
            }

            /// <summary>The same where no element is in two windows: every line of the windows is written once, gradients and zeros in turn.</summary>
            [MethodImpl(MethodImplOptions.AggressiveOptimization)]
            private readonly void SpreadPairs(float* x, float* y, byte* at, long* offsets)
            {
                long count = Planes._windows[2];
                for (int tap = 0; tap < Planes._window[1] * 2; tap += 2)
                {
                    float* to = x + offsets[tap];
                    Vector128<int> left = Vector128.Create(tap), right = Vector128.Create(tap + 1);
                    for (long w = 0; ; w = Math.Min(w + 4, count - 4)) // the last vector may do some windows again
                    {
                        var position = Sse41.ConvertToVector128Int32(Vector128.CreateScalarUnsafe(*(uint*)(at + w)).AsByte());
                        var g = Vector128.Load(y + w) + Vector128<float>.Zero; // as a sum has it, without a negative zero
                        Vector128<float> first = g & Vector128.Equals(position, left).AsSingle(), second = g & Vector128.Equals(position, right).AsSingle();
                        Sse.UnpackLow(first, second).Store(to + 2 * w);
                        Sse.UnpackHigh(first, second).Store(to + 2 * w + 4);
                        if (w == count - 4) break;
                    }
                }
            }

            /// <summary>A line of windows: the first of equals wins, and the last NaN.</summary>
            [MethodImpl(MethodImplOptions.AggressiveOptimization)]
            private readonly void Largest(T* x, T* y, TPosition* at, long* offsets, long taps)
            {
                long count = Planes._windows[2], xStep = Planes._step[2] * Planes._imageStride[2], yStep = Planes._valueStride[2], atStep = Planes._positionStride[2];
                if (typeof(T) == typeof(float) && typeof(TPosition) == typeof(byte) && Vector128.IsHardwareAccelerated && count >= 4 && yStep == 1 && atStep == 1 && (xStep == 1 || (xStep == 2 && Sse.IsSupported)))
                {
                    Vectors((float*)x, (float*)y, (byte*)at, offsets, taps, count, (int)xStep);
                    return;
                }
                for (long w = 0; w < count; w++, x += xStep)
                {
                    var best = CpuElement.Convert<T, TCompute>(*x);
                    long position = 0;
                    for (long tap = 1; tap < taps; tap++)
                    {
                        var value = CpuElement.Convert<T, TCompute>(x[offsets[tap]]);
                        if (value <= best || (TCompute.IsNaN(best) && !TCompute.IsNaN(value))) continue;
                        best = value;
                        position = tap;
                    }
                    y[w * yStep] = CpuElement.Convert<TCompute, T>(best);
                    at[w * atStep] = TPosition.CreateTruncating(position);
                }
            }

            [MethodImpl(MethodImplOptions.AggressiveOptimization)]
            private static void Vectors(float* x, float* y, byte* at, long* offsets, long taps, long count, int step)
            {
                for (long w = 0; ; w = Math.Min(w + 4, count - 4)) // the last vector may do some windows again
                {
                    var best = Load(x + w * step, step);
                    var position = Vector128<int>.Zero;
                    for (long tap = 1; tap < taps; tap++)
                    {
                        var value = Load(x + w * step + offsets[tap], step);
                        var better = Vector128.GreaterThan(value, best) | ~Vector128.Equals(value, value);
                        best = Vector128.ConditionalSelect(better, value, best);
                        position = Vector128.ConditionalSelect(better.AsInt32(), Vector128.Create((int)tap), position);
                    }
                    best.Store(y + w);
                    var halves = Vector128.Narrow(position, position).AsUInt16();
                    *(uint*)(at + w) = Vector128.Narrow(halves, halves).AsUInt32().ToScalar();
                    if (w == count - 4) return;
                }
            }

            /// <summary>Four elements with a step of 1 or 2, and nothing behind the last of them.</summary>
            private static Vector128<float> Load(float* x, int step) =>
                step == 1 ? Vector128.Load(x) : Sse.Shuffle(Vector128.Load(x), Vector128.Load(x + 3), 0b11_01_10_00);
        }
    }
}
