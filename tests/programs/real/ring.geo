// A piece of a ring, and a bottle beside it: volumes with curved faces, as in cubes.geo.
General.NumThreads = 1;
Mesh.Algorithm = 5;
Mesh.Algorithm3D = 10;
size = 0.04;
Point(1) = {2, 0, 0, size};
Point(2) = {2.6, 0, 0, size};
Point(3) = {2, 0.6, 0, size};
Point(4) = {1.4, 0, 0, size};
Point(5) = {2, -0.6, 0, size};
Circle(1) = {2, 1, 3};
Circle(2) = {3, 1, 4};
Circle(3) = {4, 1, 5};
Circle(4) = {5, 1, 2};
Curve Loop(1) = {1:4};
Plane Surface(1) = {1};
Extrude{ {0, 1, 0}, {0, 0, 0}, 0.75 * Pi }{ Surface{1}; }
Point(20) = {4, 0, 0, size};
Point(21) = {4.5, 0, 0, size};
Point(22) = {4.7, 0.5, 0, size};
Point(23) = {4.4, 1.1, 0, size};
Point(24) = {4.2, 1.6, 0, size};
Point(25) = {4, 1.6, 0, size};
Line(120) = {20, 21};
Spline(121) = {21, 22, 23, 24};
Line(122) = {24, 25};
Line(123) = {25, 20};
Curve Loop(120) = {120:123};
Plane Surface(100) = {120};
Extrude{ {0, 1, 0}, {4, 0, 0}, 0.9 * Pi }{ Surface{100}; }
Mesh 3;
