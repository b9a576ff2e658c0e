using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>Writes a program as one loop over vectors; the primitives are calls of their vector forms, which the JIT puts in line. So the bits are those of the interpreter.</summary>
internal static unsafe class MapEmitter
{
    [RequiresDynamicCode("Emits a method.")]
    public static MapCode? Emit(Program program, DType compute, ulong numbers)
    {
        bool isDouble = compute == DType.Float64;
        var steps = new MethodInfo[program.Instructions.Length];
        for (int i = 0; i < steps.Length; i++)
        {
            if (program.Instructions[i].Primitive.VectorForm(isDouble) is not { } method) return null;
            steps[i] = method;
        }
        var vector = isDouble ? typeof(Vector<double>) : typeof(Vector<float>);
        var element = isDouble ? typeof(double*) : typeof(float*);
        MethodInfo load = Member(isDouble, nameof(FloatLanes.Load)), store = Member(isDouble, nameof(FloatLanes.Store)), repeat = Member(isDouble, nameof(FloatLanes.Repeat));
        int size = isDouble ? 8 : 4, width = isDouble ? Vector<double>.Count : Vector<float>.Count;

        var code = new DynamicMethod("map", typeof(void), [typeof(void**), typeof(long)], typeof(MapEmitter).Module, true);
        var il = code.GetILGenerator();
        int inputs = program.InputCount, first = inputs + program.Constants.Length;
        var pointers = new LocalBuilder?[inputs + program.Outputs.Length];
        var values = new LocalBuilder?[first + steps.Length];
        var used = Used(program);
        for (int k = 0; k < pointers.Length; k++)
        {
            if (k < inputs && !used[k]) continue;
            bool number = k < inputs && (numbers >> k & 1) != 0;
            il.Emit(OpCodes.Ldarg_0);
            il.Emit(OpCodes.Ldc_I4, k * sizeof(void*));
            il.Emit(OpCodes.Add);
            il.Emit(OpCodes.Ldind_I);
            if (number)
            {
                values[k] = il.DeclareLocal(vector);
                il.Emit(isDouble ? OpCodes.Ldind_R8 : OpCodes.Ldind_R4);
                il.Emit(OpCodes.Call, repeat);
                il.Emit(OpCodes.Stloc, values[k]!);
            }
            else
            {
                pointers[k] = il.DeclareLocal(element);
                il.Emit(OpCodes.Stloc, pointers[k]!);
            }
        }
        for (int k = 0; k < program.Constants.Length; k++)
        {
            values[inputs + k] = il.DeclareLocal(vector);
            if (isDouble) il.Emit(OpCodes.Ldc_R8, program.Constants[k]);
            else il.Emit(OpCodes.Ldc_R4, (float)program.Constants[k]);
            il.Emit(OpCodes.Call, repeat);
            il.Emit(OpCodes.Stloc, values[inputs + k]!);
        }

        // for (long i = 0; i < count; i += width), in bytes.
        var at = il.DeclareLocal(typeof(long));
        var end = il.DeclareLocal(typeof(long));
        Label test = il.DefineLabel(), body = il.DefineLabel();
        il.Emit(OpCodes.Ldarg_1);
        il.Emit(OpCodes.Ldc_I4, size);
        il.Emit(OpCodes.Conv_I8);
        il.Emit(OpCodes.Mul);
        il.Emit(OpCodes.Stloc, end);
        il.Emit(OpCodes.Ldc_I4_0);
        il.Emit(OpCodes.Conv_I8);
        il.Emit(OpCodes.Stloc, at);
        il.Emit(OpCodes.Br, test);
        il.MarkLabel(body);
        for (int k = 0; k < inputs; k++)
        {
            if (pointers[k] is not { } pointer) continue;
            values[k] = il.DeclareLocal(vector);
            Place(pointer);
            il.Emit(OpCodes.Call, load);
            il.Emit(OpCodes.Stloc, values[k]!);
        }
        for (int s = 0; s < steps.Length; s++)
        {
            ref readonly var step = ref program.Instructions[s];
            int arguments = steps[s].GetParameters().Length;
            il.Emit(OpCodes.Ldloc, values[step.A]!);
            if (arguments > 1) il.Emit(OpCodes.Ldloc, values[step.B]!);
            if (arguments > 2) il.Emit(OpCodes.Ldloc, values[step.C]!);
            il.Emit(OpCodes.Call, steps[s]);
            values[first + s] = il.DeclareLocal(vector);
            il.Emit(OpCodes.Stloc, values[first + s]!);
        }
        for (int o = 0; o < program.Outputs.Length; o++)
        {
            il.Emit(OpCodes.Ldloc, values[program.Outputs[o]]!);
            Place(pointers[inputs + o]!);
            il.Emit(OpCodes.Call, store);
        }
        il.Emit(OpCodes.Ldloc, at);
        il.Emit(OpCodes.Ldc_I4, width * size);
        il.Emit(OpCodes.Conv_I8);
        il.Emit(OpCodes.Add);
        il.Emit(OpCodes.Stloc, at);
        il.MarkLabel(test);
        il.Emit(OpCodes.Ldloc, at);
        il.Emit(OpCodes.Ldloc, end);
        il.Emit(OpCodes.Blt, body);
        il.Emit(OpCodes.Ret);
        return code.CreateDelegate<MapCode>();

        void Place(LocalBuilder pointer)
        {
            il.Emit(OpCodes.Ldloc, pointer);
            il.Emit(OpCodes.Ldloc, at);
            il.Emit(OpCodes.Conv_I);
            il.Emit(OpCodes.Add);
        }
    }

    private static MethodInfo Member(bool isDouble, string name) =>
        (isDouble ? typeof(DoubleLanes).GetMethod(name) : typeof(FloatLanes).GetMethod(name))!;

    private static bool[] Used(Program program)
    {
        var used = new bool[program.InputCount];
        foreach (var step in program.Instructions)
            foreach (int value in (ReadOnlySpan<int>)[step.A, step.B, step.C])
                if (value < used.Length) used[value] = true;
        foreach (int output in program.Outputs)
            if (output < used.Length) used[output] = true;
        return used;
    }

    private static class FloatLanes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<float> Load(float* at) => Vector.Load(at);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Store(Vector<float> value, float* at) => Vector.Store(value, at);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<float> Repeat(float value) => new(value);
    }

    private static class DoubleLanes
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<double> Load(double* at) => Vector.Load(at);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Store(Vector<double> value, double* at) => Vector.Store(value, at);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector<double> Repeat(double value) => new(value);
    }
}
