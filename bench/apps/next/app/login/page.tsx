"use client";

import { Button, Card, CardContent, TextField, Typography } from "@mui/material";
import { useRouter } from "next/navigation";
import { useForm } from "react-hook-form";
import { useSession } from "../../lib/session";

export default function Login() {
  const router = useRouter();
  const enter = useSession((state) => state.enter);
  const { register, handleSubmit } = useForm<{ name: string }>();
  return (
    <Card sx={{ maxWidth: 360, m: "10vh auto" }}>
      <CardContent
        component="form"
        onSubmit={handleSubmit(({ name }) => {
          enter(name);
          router.push("/");
        })}
      >
        <Typography variant="h5">Log in</Typography>
        <TextField label="Name" fullWidth margin="normal" {...register("name", { required: true })} />
        <Button type="submit" variant="contained" fullWidth>
          Continue
        </Button>
      </CardContent>
    </Card>
  );
}
