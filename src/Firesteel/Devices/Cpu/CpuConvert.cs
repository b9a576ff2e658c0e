namespace Firesteel;

/// <summary>Conversions between the stored types and the three that programs compute in; to integers they truncate, as C casts do.</summary>
internal static unsafe class CpuConvert
{
    public static void ToFloat(DType dtype, byte* from, long stride, float* to, int n)
    {
        switch (dtype)
        {
            case DType.Bool:
            {
                var source = (byte*)from;
                for (int i = 0; i < n; i++) to[i] = source[i * stride] != 0 ? 1 : 0;
                break;
            }
            case DType.UInt8:
            {
                var source = (byte*)from;
                for (int i = 0; i < n; i++) to[i] = (float)source[i * stride];
                break;
            }
            case DType.Int8:
            {
                var source = (sbyte*)from;
                for (int i = 0; i < n; i++) to[i] = (float)source[i * stride];
                break;
            }
            case DType.Int16:
            {
                var source = (short*)from;
                for (int i = 0; i < n; i++) to[i] = (float)source[i * stride];
                break;
            }
            case DType.Int32:
            {
                var source = (int*)from;
                for (int i = 0; i < n; i++) to[i] = (float)source[i * stride];
                break;
            }
            case DType.Int64:
            {
                var source = (long*)from;
                for (int i = 0; i < n; i++) to[i] = (float)source[i * stride];
                break;
            }
            case DType.Float16:
            {
                var source = (Half*)from;
                for (int i = 0; i < n; i++) to[i] = (float)source[i * stride];
                break;
            }
            case DType.BFloat16:
            {
                var source = (BFloat16*)from;
                for (int i = 0; i < n; i++) to[i] = (float)source[i * stride];
                break;
            }
            case DType.Float64:
            {
                var source = (double*)from;
                for (int i = 0; i < n; i++) to[i] = (float)source[i * stride];
                break;
            }
        }
    }

    public static void FromFloat(float* from, DType dtype, byte* to, long stride, int n)
    {
        switch (dtype)
        {
            case DType.Bool:
            {
                var target = (byte*)to;
                for (int i = 0; i < n; i++) target[i * stride] = from[i] != 0 ? (byte)1 : (byte)0;
                break;
            }
            case DType.UInt8:
            {
                var target = (byte*)to;
                for (int i = 0; i < n; i++) target[i * stride] = (byte)ToInteger(from[i]);
                break;
            }
            case DType.Int8:
            {
                var target = (sbyte*)to;
                for (int i = 0; i < n; i++) target[i * stride] = (sbyte)ToInteger(from[i]);
                break;
            }
            case DType.Int16:
            {
                var target = (short*)to;
                for (int i = 0; i < n; i++) target[i * stride] = (short)ToInteger(from[i]);
                break;
            }
            case DType.Int32:
            {
                var target = (int*)to;
                for (int i = 0; i < n; i++) target[i * stride] = (int)ToInteger(from[i]);
                break;
            }
            case DType.Int64:
            {
                var target = (long*)to;
                for (int i = 0; i < n; i++) target[i * stride] = ToInteger(from[i]);
                break;
            }
            case DType.Float16:
            {
                var target = (Half*)to;
                for (int i = 0; i < n; i++) target[i * stride] = (Half)from[i];
                break;
            }
            case DType.BFloat16:
            {
                var target = (BFloat16*)to;
                for (int i = 0; i < n; i++) target[i * stride] = (BFloat16)from[i];
                break;
            }
            case DType.Float64:
            {
                var target = (double*)to;
                for (int i = 0; i < n; i++) target[i * stride] = (double)from[i];
                break;
            }
        }
    }

    public static void ToDouble(DType dtype, byte* from, long stride, double* to, int n)
    {
        switch (dtype)
        {
            case DType.Bool:
            {
                var source = (byte*)from;
                for (int i = 0; i < n; i++) to[i] = source[i * stride] != 0 ? 1 : 0;
                break;
            }
            case DType.UInt8:
            {
                var source = (byte*)from;
                for (int i = 0; i < n; i++) to[i] = (double)source[i * stride];
                break;
            }
            case DType.Int8:
            {
                var source = (sbyte*)from;
                for (int i = 0; i < n; i++) to[i] = (double)source[i * stride];
                break;
            }
            case DType.Int16:
            {
                var source = (short*)from;
                for (int i = 0; i < n; i++) to[i] = (double)source[i * stride];
                break;
            }
            case DType.Int32:
            {
                var source = (int*)from;
                for (int i = 0; i < n; i++) to[i] = (double)source[i * stride];
                break;
            }
            case DType.Int64:
            {
                var source = (long*)from;
                for (int i = 0; i < n; i++) to[i] = (double)source[i * stride];
                break;
            }
            case DType.Float16:
            {
                var source = (Half*)from;
                for (int i = 0; i < n; i++) to[i] = (double)source[i * stride];
                break;
            }
            case DType.BFloat16:
            {
                var source = (BFloat16*)from;
                for (int i = 0; i < n; i++) to[i] = (float)source[i * stride];
                break;
            }
            case DType.Float32:
            {
                var source = (float*)from;
                for (int i = 0; i < n; i++) to[i] = (double)source[i * stride];
                break;
            }
        }
    }

    public static void FromDouble(double* from, DType dtype, byte* to, long stride, int n)
    {
        switch (dtype)
        {
            case DType.Bool:
            {
                var target = (byte*)to;
                for (int i = 0; i < n; i++) target[i * stride] = from[i] != 0 ? (byte)1 : (byte)0;
                break;
            }
            case DType.UInt8:
            {
                var target = (byte*)to;
                for (int i = 0; i < n; i++) target[i * stride] = (byte)ToInteger(from[i]);
                break;
            }
            case DType.Int8:
            {
                var target = (sbyte*)to;
                for (int i = 0; i < n; i++) target[i * stride] = (sbyte)ToInteger(from[i]);
                break;
            }
            case DType.Int16:
            {
                var target = (short*)to;
                for (int i = 0; i < n; i++) target[i * stride] = (short)ToInteger(from[i]);
                break;
            }
            case DType.Int32:
            {
                var target = (int*)to;
                for (int i = 0; i < n; i++) target[i * stride] = (int)ToInteger(from[i]);
                break;
            }
            case DType.Int64:
            {
                var target = (long*)to;
                for (int i = 0; i < n; i++) target[i * stride] = ToInteger(from[i]);
                break;
            }
            case DType.Float16:
            {
                var target = (Half*)to;
                for (int i = 0; i < n; i++) target[i * stride] = (Half)from[i];
                break;
            }
            case DType.BFloat16:
            {
                var target = (BFloat16*)to;
                for (int i = 0; i < n; i++) target[i * stride] = (BFloat16)from[i];
                break;
            }
            case DType.Float32:
            {
                var target = (float*)to;
                for (int i = 0; i < n; i++) target[i * stride] = (float)from[i];
                break;
            }
        }
    }

    public static void ToLong(DType dtype, byte* from, long stride, long* to, int n)
    {
        switch (dtype)
        {
            case DType.Bool:
            {
                var source = (byte*)from;
                for (int i = 0; i < n; i++) to[i] = source[i * stride] != 0 ? 1 : 0;
                break;
            }
            case DType.UInt8:
            {
                var source = (byte*)from;
                for (int i = 0; i < n; i++) to[i] = (long)source[i * stride];
                break;
            }
            case DType.Int8:
            {
                var source = (sbyte*)from;
                for (int i = 0; i < n; i++) to[i] = (long)source[i * stride];
                break;
            }
            case DType.Int16:
            {
                var source = (short*)from;
                for (int i = 0; i < n; i++) to[i] = (long)source[i * stride];
                break;
            }
            case DType.Int32:
            {
                var source = (int*)from;
                for (int i = 0; i < n; i++) to[i] = (long)source[i * stride];
                break;
            }
            case DType.Float16:
            {
                var source = (Half*)from;
                for (int i = 0; i < n; i++) to[i] = ToInteger((float)source[i * stride]);
                break;
            }
            case DType.BFloat16:
            {
                var source = (BFloat16*)from;
                for (int i = 0; i < n; i++) to[i] = ToInteger((float)source[i * stride]);
                break;
            }
            case DType.Float32:
            {
                var source = (float*)from;
                for (int i = 0; i < n; i++) to[i] = ToInteger(source[i * stride]);
                break;
            }
            case DType.Float64:
            {
                var source = (double*)from;
                for (int i = 0; i < n; i++) to[i] = ToInteger(source[i * stride]);
                break;
            }
        }
    }

    public static void FromLong(long* from, DType dtype, byte* to, long stride, int n)
    {
        switch (dtype)
        {
            case DType.Bool:
            {
                var target = (byte*)to;
                for (int i = 0; i < n; i++) target[i * stride] = from[i] != 0 ? (byte)1 : (byte)0;
                break;
            }
            case DType.UInt8:
            {
                var target = (byte*)to;
                for (int i = 0; i < n; i++) target[i * stride] = (byte)from[i];
                break;
            }
            case DType.Int8:
            {
                var target = (sbyte*)to;
                for (int i = 0; i < n; i++) target[i * stride] = (sbyte)from[i];
                break;
            }
            case DType.Int16:
            {
                var target = (short*)to;
                for (int i = 0; i < n; i++) target[i * stride] = (short)from[i];
                break;
            }
            case DType.Int32:
            {
                var target = (int*)to;
                for (int i = 0; i < n; i++) target[i * stride] = (int)from[i];
                break;
            }
            case DType.Float16:
            {
                var target = (Half*)to;
                for (int i = 0; i < n; i++) target[i * stride] = (Half)(float)from[i];
                break;
            }
            case DType.BFloat16:
            {
                var target = (BFloat16*)to;
                for (int i = 0; i < n; i++) target[i * stride] = (BFloat16)(float)from[i];
                break;
            }
            case DType.Float32:
            {
                var target = (float*)to;
                for (int i = 0; i < n; i++) target[i * stride] = (float)from[i];
                break;
            }
            case DType.Float64:
            {
                var target = (double*)to;
                for (int i = 0; i < n; i++) target[i * stride] = (double)from[i];
                break;
            }
        }
    }

    /// <summary>Truncation; NaN and values out of range give the smallest integer, as on x86-64.</summary>
    private static long ToInteger(double value) => value is >= -9223372036854775808.0 and < 9223372036854775808.0 ? (long)value : long.MinValue;
}
