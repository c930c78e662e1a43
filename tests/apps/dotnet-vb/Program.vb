Imports System.Net
Imports System.Runtime.InteropServices
Imports System.Text

Module Program
    Sub Main()
        Dim listener As New HttpListener()
        listener.Prefixes.Add($"http://*:{Environment.GetEnvironmentVariable("PORT")}/")
        listener.Start()
        Using PosixSignalRegistration.Create(PosixSignal.SIGTERM, Sub(signal) listener.Stop())
            While listener.IsListening
                Try
                    Dim context = listener.GetContext()
                    Dim text = Encoding.UTF8.GetBytes("Visual Basic on .NET")
                    context.Response.OutputStream.Write(text, 0, text.Length)
                    context.Response.Close()
                Catch ex As HttpListenerException
                    Exit While
                End Try
            End While
        End Using
    End Sub
End Module
