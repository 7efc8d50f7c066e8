# A film's colour pipeline over one picture: camera curve, matrix, a 3D table, tone curve, saturation, display curve.
import sys

import numpy
import PyOpenColorIO as ocio

SIZE = 33


def table():
    lut = ocio.Lut3DTransform(SIZE)
    lut.setInterpolation(ocio.INTERP_TETRAHEDRAL)
    data = []
    for r in range(SIZE):
        for g in range(SIZE):
            for b in range(SIZE):
                red, green, blue = r / (SIZE - 1), g / (SIZE - 1), b / (SIZE - 1)
                data.extend((red * 0.9 + green * 0.1, green ** 1.1, blue * 0.8 + red * green * 0.2))
    lut.setData(numpy.array(data, dtype=numpy.float32))
    return lut


def processor():
    group = ocio.GroupTransform()
    group.appendTransform(ocio.LogCameraTransform(linSideBreak=[0.1, 0.1, 0.1],
                                                  direction=ocio.TRANSFORM_DIR_INVERSE))
    group.appendTransform(ocio.MatrixTransform([0.7, 0.2, 0.1, 0, 0.1, 0.8, 0.1, 0, 0.0, 0.1, 0.9, 0, 0, 0, 0, 1]))
    group.appendTransform(ocio.FixedFunctionTransform(ocio.FIXED_FUNCTION_ACES_RED_MOD_10))
    group.appendTransform(ocio.FixedFunctionTransform(ocio.FIXED_FUNCTION_ACES_GLOW_10))
    group.appendTransform(table())
    group.appendTransform(ocio.CDLTransform(slope=[1.1, 1.0, 0.9], power=[0.9, 1.0, 1.1], sat=1.2))
    group.appendTransform(ocio.ExponentWithLinearTransform([2.4, 2.4, 2.4, 1.0], [0.055, 0.055, 0.055, 0.0],
                                                           direction=ocio.TRANSFORM_DIR_INVERSE))
    return ocio.Config.CreateRaw().getProcessor(group).getDefaultCPUProcessor()


def main():
    width, height = 1920, 1080
    with open(sys.argv[1], "rb") as file:
        pixels = file.read()[-3 * width * height:]
    picture = numpy.frombuffer(pixels, dtype=numpy.uint8).astype(numpy.float32) / 255
    cpu = processor()
    for _ in range(4):
        copy = picture.copy()
        cpu.apply(ocio.PackedImageDesc(copy, width, height, 3))
    print(f"{copy[:3000].sum():.3f}")


main()
